// What libFuzzer feeds: each takes any bytes, and traps where what it calls breaks its word.
#pragma once
#include <cstdint>
#include <span>

namespace fuzz {

using Bytes = std::span<const uint8_t>;

// A packet and its payload as VP8, H264 and a resend.
void Rtp(Bytes data);
// A payload alone.
void Payload(Bytes data);
// A compound, each packet of it as everything that it may be.
void Rtcp(Bytes data);
// Compounds of one receiver, one after the other: the first byte of each is its size.
void Feedback(Bytes data);
// A packet under the right keys, and datagrams of somebody without.
void Srtp(Bytes data);

inline void Require(bool right) {
  if (!right) __builtin_trap();
}

}  // namespace fuzz
