// Opus packets of digital silence (RFC 6716 §3.1: CELT, full band, one frame; the two bytes are its silence flag).
#pragma once
#include <cstdint>
#include <vector>

namespace tap_reader {

struct SilencePiece {
  int64_t duration_ns;
  // First byte of the packet.
  uint8_t toc;
};

// 20 ms.
extern const SilencePiece kLongSilence;
// The longest piece that is not longer than `ns`; null below 2.5 ms.
const SilencePiece* SilenceWithin(int64_t ns) noexcept;

struct RtpFields {
  uint8_t payload_type;
  uint16_t sequence;
  uint32_t timestamp;
  uint32_t ssrc;
};

std::vector<uint8_t> BuildSilence(const SilencePiece& piece, const RtpFields& fields);

}  // namespace tap_reader
