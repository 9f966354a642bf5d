#include "media/rtcp.h"

namespace media {
namespace {

constexpr size_t kHeader = 4;
// Sender SSRC and media SSRC in front of every feedback message.
constexpr size_t kFeedbackHead = 8;
constexpr size_t kFirEntry = 8;

bool IsFeedback(const RtcpPacket& packet, uint8_t format) {
  return packet.type == RtcpPacket::kPayloadFeedback && packet.count == format && packet.body.size() >= kFeedbackHead;
}

}  // namespace

bool RtcpReader::Next(RtcpPacket& out) noexcept {
  if (rest_.size() < kHeader || rest_[0] >> 6 != 2) return false;
  const size_t size = kHeader + ReadU16(&rest_[2]) * 4u;
  if (rest_.size() < size) return false;
  out.type = rest_[1];
  out.count = rest_[0] & 0x1F;
  out.body = rest_.subspan(kHeader, size - kHeader);
  if ((rest_[0] & 0x20) != 0) {
    if (out.body.empty() || out.body.back() == 0 || out.body.back() > out.body.size()) return false;
    out.body = out.body.first(out.body.size() - out.body.back());
  }
  rest_ = rest_.subspan(size);
  return true;
}

std::optional<SenderReport> AsSenderReport(const RtcpPacket& packet) noexcept {
  if (packet.type != RtcpPacket::kSenderReport || packet.body.size() < 24) return std::nullopt;
  const uint8_t* at = packet.body.data();
  const int64_t seconds = ReadU32(at + 4);
  const int64_t fraction = (static_cast<int64_t>(ReadU32(at + 8)) * 1'000'000'000) >> 32;
  return SenderReport{ReadU32(at), seconds * 1'000'000'000 + fraction, ReadU32(at + 12), ReadU32(at + 6)};
}

std::optional<uint32_t> AsPli(const RtcpPacket& packet) noexcept {
  if (!IsFeedback(packet, RtcpPacket::kPli)) return std::nullopt;
  return ReadU32(&packet.body[4]);
}

PliCompound MakePli(uint32_t sender, uint32_t media) noexcept {
  PliCompound bytes{0x80, RtcpPacket::kReceiverReport, 0, 1};
  WriteU32(&bytes[4], sender);
  bytes[8] = 0x80 | RtcpPacket::kPli;
  bytes[9] = RtcpPacket::kPayloadFeedback;
  bytes[11] = 2;
  WriteU32(&bytes[12], sender);
  WriteU32(&bytes[16], media);
  return bytes;
}

std::optional<FirEntry> FirAt(const RtcpPacket& packet, size_t index) noexcept {
  const size_t at = kFeedbackHead + index * kFirEntry;
  if (!IsFeedback(packet, RtcpPacket::kFir) || packet.body.size() < at + kFirEntry) return std::nullopt;
  return FirEntry{ReadU32(&packet.body[at]), packet.body[at + 4]};
}

std::optional<uint32_t> ByeAt(const RtcpPacket& packet, size_t index) noexcept {
  if (packet.type != RtcpPacket::kBye || index >= packet.count || packet.body.size() < (index + 1) * 4) {
    return std::nullopt;
  }
  return ReadU32(&packet.body[index * 4]);
}

}  // namespace media
