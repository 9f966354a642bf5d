#include "media/direct/rtcp_feedback.h"

#include <cstring>

namespace media {
namespace {

// Sender SSRC and media SSRC in front of every feedback message.
constexpr size_t kFeedbackHead = 8;
constexpr size_t kNackEntry = 4;
constexpr size_t kReportBlock = 24;
// The SSRC of the reporter; in a sender report what it sent, besides.
constexpr size_t kReceiverReportHead = 4;
constexpr size_t kSenderReportHead = 24;
constexpr uint32_t kMantissaBits = 18;
constexpr uint32_t kMaxExponent = 63 - kMantissaBits;

size_t ReportHead(const RtcpPacket& packet) {
  return packet.type == RtcpPacket::kSenderReport ? kSenderReportHead : kReceiverReportHead;
}

int32_t ReadI24(const uint8_t* at) { return static_cast<int32_t>(ReadU32(at) & 0xFFFFFF00) >> 8; }

}  // namespace

std::optional<ReportBlock> ReportBlockAt(const RtcpPacket& packet, size_t index) noexcept {
  const bool is_report = packet.type == RtcpPacket::kSenderReport || packet.type == RtcpPacket::kReceiverReport;
  const size_t end = ReportHead(packet) + (index + 1) * kReportBlock;
  if (!is_report || index >= packet.count || packet.body.size() < end) return std::nullopt;
  const uint8_t* at = &packet.body[end - kReportBlock];
  ReportBlock block;
  block.ssrc = ReadU32(at);
  block.fraction_lost = at[4];
  block.lost = ReadI24(at + 5);
  block.highest_sequence = ReadU32(at + 8);
  block.jitter = ReadU32(at + 12);
  block.last_report = ReadU32(at + 16);
  block.since_last_report = ReadU32(at + 20);
  return block;
}

std::optional<NackEntry> NackAt(const RtcpPacket& packet, size_t index) noexcept {
  const size_t end = kFeedbackHead + (index + 1) * kNackEntry;
  if (packet.type != RtcpPacket::kTransportFeedback || packet.count != kGenericNack || packet.body.size() < end) {
    return std::nullopt;
  }
  const uint8_t* at = &packet.body[end - kNackEntry];
  return NackEntry{ReadU32(&packet.body[4]), ReadU16(at), ReadU16(at + 2)};
}

std::optional<int64_t> AsRemb(const RtcpPacket& packet) noexcept {
  constexpr char kName[] = {'R', 'E', 'M', 'B'};
  if (packet.type != RtcpPacket::kPayloadFeedback || packet.count != kApplicationLayer) return std::nullopt;
  if (packet.body.size() < kFeedbackHead + 8) return std::nullopt;
  const uint8_t* at = &packet.body[kFeedbackHead];
  if (std::memcmp(at, kName, sizeof kName) != 0) return std::nullopt;
  const uint32_t word = ReadU32(at + 4) & 0xFFFFFF;
  const uint32_t exponent = word >> kMantissaBits;
  // Up to 63: more than a number of 64 bits holds is nonsense.
  if (exponent > kMaxExponent) return std::nullopt;
  return int64_t{word & ((1 << kMantissaBits) - 1)} << exponent;
}

}  // namespace media
