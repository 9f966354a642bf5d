// What a receiver says about streams sent to it, as it lies in memory: report blocks (RFC 3550 §6.4.1), generic NACK
// (RFC 4585 §6.2.1) and REMB (draft-alvestrand-rmcat-remb-03). Pure functions over bytes; no threads, no allocation.
#pragma once
#include <cstdint>
#include <optional>

#include "media/rtcp.h"

namespace media {

// Feedback message types (FMT) of transport-layer and payload-specific feedback.
inline constexpr uint8_t kGenericNack = 1;
inline constexpr uint8_t kApplicationLayer = 15;

struct ReportBlock {
  uint32_t ssrc = 0;
  // In 1/256, since the report before.
  uint8_t fraction_lost = 0;
  // Since reception began; negative where duplicates came.
  int32_t lost = 0;
  // With the count of its wraps in the upper half.
  uint32_t highest_sequence = 0;
  // In units of the stream's clock.
  uint32_t jitter = 0;
  // The middle 32 bits of the NTP time of the last sender report that arrived, 0 where none did, and the delay since
  // then in 1/65536 s.
  uint32_t last_report = 0;
  uint32_t since_last_report = 0;
};

// The n-th block of a sender or receiver report; nothing where the packet is none or has no such block.
std::optional<ReportBlock> ReportBlockAt(const RtcpPacket& packet, size_t index) noexcept;

// Lost: `first`, and first + 1 + n for each bit n of `mask`.
struct NackEntry {
  uint32_t ssrc = 0;
  uint16_t first = 0;
  uint16_t mask = 0;
};

std::optional<NackEntry> NackAt(const RtcpPacket& packet, size_t index) noexcept;

// Bits per second; nothing where the packet is no REMB.
std::optional<int64_t> AsRemb(const RtcpPacket& packet) noexcept;

}  // namespace media
