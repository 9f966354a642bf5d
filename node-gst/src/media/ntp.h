// The 64-bit timestamp of NTP (RFC 5905 §6) against nanoseconds since 1970. Pure functions.
#pragma once
#include <cstddef>
#include <cstdint>

#include "media/rtp.h"

namespace media {

inline constexpr size_t kNtp64Size = 8;
inline constexpr int64_t kNsPerSecond = 1'000'000'000;
// From 1900 to 1970.
inline constexpr uint32_t kNtpUnixSeconds = 2'208'988'800;

// For 1968 to 2104: the seconds wrap in 2036, and the first bit tells the era (RFC 4330 §3).
inline void WriteNtp64(uint8_t* at, int64_t unix_ns) {
  int64_t seconds = unix_ns / kNsPerSecond;
  int64_t rest = unix_ns % kNsPerSecond;
  if (rest < 0) {
    rest += kNsPerSecond;
    seconds -= 1;
  }
  WriteU32(at, static_cast<uint32_t>(seconds + kNtpUnixSeconds));
  WriteU32(at + 4, static_cast<uint32_t>((static_cast<uint64_t>(rest) << 32) / kNsPerSecond));
}

// The middle 32 bits, in 1/65536 s: how reports name the time of another (RFC 3550 §6.4.1).
inline uint32_t MiddleOfNtp64(int64_t unix_ns) {
  uint8_t bytes[kNtp64Size];
  WriteNtp64(bytes, unix_ns);
  return ReadU32(bytes + 2);
}

// What was written comes back to the nanosecond.
inline int64_t ReadNtp64(const uint8_t* at) {
  const uint32_t since_1900 = ReadU32(at);
  int64_t seconds = int64_t{since_1900} - kNtpUnixSeconds;
  if ((since_1900 & 0x8000'0000u) == 0) seconds += int64_t{1} << 32;
  const uint64_t rest = (uint64_t{ReadU32(at + 4)} * kNsPerSecond + (uint64_t{1} << 31)) >> 32;
  return seconds * kNsPerSecond + static_cast<int64_t>(rest);
}

}  // namespace media
