// RTP (RFC 3550) as it lies in memory: parsing without copying, and the two header-extension forms of RFC 8285.
// Pure functions over bytes; no threads, no allocation.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace media {

using Bytes = std::span<const uint8_t>;

inline uint16_t ReadU16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
inline uint32_t ReadU32(const uint8_t* at) {
  return static_cast<uint32_t>(ReadU16(at)) << 16 | ReadU16(at + 2);
}
inline void WriteU16(uint8_t* at, uint16_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}
inline void WriteU32(uint8_t* at, uint32_t value) {
  WriteU16(at, static_cast<uint16_t>(value >> 16));
  WriteU16(at + 2, static_cast<uint16_t>(value));
}

// One packet; the spans point into the bytes that were parsed.
struct RtpView {
  bool marker = false;
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  // The "defined by profile" field of the header extension; 0 where there is none.
  uint16_t extension_profile = 0;
  // The elements of the header extension, without its four-byte header.
  Bytes extensions;
  // Without padding; empty in a packet that is padding only.
  Bytes payload;
};

// Nothing where the bytes are no RTP packet (version, a length that does not fit, a padding count of 0 or too large).
std::optional<RtpView> ParseRtp(Bytes packet) noexcept;

// Bytes in front of the payload; 0 where this is no RTP packet.
size_t RtpHeaderSize(Bytes packet) noexcept;

// The data of the first element with this id (1..14 in the one-byte form, 1..255 in the two-byte form); nothing where
// it is absent or the elements before it are cut short.
std::optional<Bytes> FindExtension(const RtpView& packet, uint8_t id) noexcept;

}  // namespace media
