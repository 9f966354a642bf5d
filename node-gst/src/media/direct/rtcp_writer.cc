#include "media/direct/rtcp_writer.h"

#include <algorithm>
#include <cstring>

#include "media/ntp.h"

namespace media {
namespace {

constexpr size_t kHeader = 4;
constexpr size_t kSsrc = 4;
constexpr uint8_t kCname = 1;
constexpr size_t kReportBlock = 24;
constexpr size_t kNackEntry = 4;
constexpr size_t kFeedbackHead = kHeader + 2 * kSsrc;

void WriteBlock(uint8_t* at, const ReportBlock& block) {
  WriteU32(at, block.ssrc);
  WriteU32(at + 4, uint32_t{block.fraction_lost} << 24 | (static_cast<uint32_t>(block.lost) & 0xFFFFFF));
  WriteU32(at + 8, block.highest_sequence);
  WriteU32(at + 12, block.jitter);
  WriteU32(at + 16, block.last_report);
  WriteU32(at + 20, block.since_last_report);
}

}  // namespace

void RtcpWriter::SenderReport(const Sent& sent) noexcept {
  uint8_t* const at = Begin(RtcpPacket::kSenderReport, 0, kSenderReportSize);
  if (at == nullptr) return;
  WriteU32(at + 4, sent.ssrc);
  WriteNtp64(at + 8, sent.unix_ns);
  WriteU32(at + 16, sent.timestamp);
  WriteU32(at + 20, sent.packets);
  WriteU32(at + 24, sent.octets);
}

void RtcpWriter::ReceiverReport(uint32_t ssrc, std::span<const ReportBlock> blocks) noexcept {
  uint8_t* at = Begin(RtcpPacket::kReceiverReport, blocks.size(), kHeader + kSsrc + blocks.size() * kReportBlock);
  if (at == nullptr) return;
  WriteU32(at + kHeader, ssrc);
  at += kHeader + kSsrc;
  for (const ReportBlock& block : blocks) {
    WriteBlock(at, block);
    at += kReportBlock;
  }
}

void RtcpWriter::Description(std::span<const uint32_t> ssrcs, std::string_view cname) noexcept {
  const size_t chunk = ChunkSize(cname);
  uint8_t* at = Begin(RtcpPacket::kDescription, ssrcs.size(), kHeader + ssrcs.size() * chunk);
  if (at == nullptr) return;
  at += kHeader;
  for (const uint32_t ssrc : ssrcs) {
    WriteU32(at, ssrc);
    at[4] = kCname;
    at[5] = static_cast<uint8_t>(cname.size());
    // The zeros behind it end the list of items.
    std::memcpy(at + 6, cname.data(), cname.size());
    at += chunk;
  }
}

void RtcpWriter::Bye(std::span<const uint32_t> ssrcs) noexcept {
  const size_t fitting = room() < kHeader ? 0 : (room() - kHeader) / kSsrc;
  const size_t count = std::min({ssrcs.size(), fitting, kMaxListed});
  if (count == 0) return;
  uint8_t* at = Begin(RtcpPacket::kBye, count, kHeader + count * kSsrc) + kHeader;
  for (const uint32_t ssrc : ssrcs.first(count)) {
    WriteU32(at, ssrc);
    at += kSsrc;
  }
}

void RtcpWriter::Nack(uint32_t sender, uint32_t media, std::span<const NackEntry> entries) noexcept {
  const size_t fitting = room() < kFeedbackHead ? 0 : (room() - kFeedbackHead) / kNackEntry;
  const size_t count = std::min(entries.size(), fitting);
  if (count == 0) return;
  uint8_t* at = Begin(RtcpPacket::kTransportFeedback, kGenericNack, kFeedbackHead + count * kNackEntry);
  WriteU32(at + kHeader, sender);
  WriteU32(at + kHeader + kSsrc, media);
  at += kFeedbackHead;
  for (const NackEntry& entry : entries.first(count)) {
    WriteU16(at, entry.first);
    WriteU16(at + 2, entry.mask);
    at += kNackEntry;
  }
}

bool RtcpWriter::TransportFeedback(uint8_t format, uint32_t sender, uint32_t media, Bytes body) noexcept {
  uint8_t* const at = Begin(RtcpPacket::kTransportFeedback, format, kFeedbackHead + body.size());
  if (at == nullptr) return false;
  WriteU32(at + kHeader, sender);
  WriteU32(at + kHeader + kSsrc, media);
  std::copy(body.begin(), body.end(), at + kFeedbackHead);
  return true;
}

uint8_t* RtcpWriter::Begin(uint8_t type, size_t count, size_t size) noexcept {
  if (room() < size) return nullptr;
  uint8_t* const at = out_.data() + at_;
  std::memset(at, 0, size);
  at[0] = static_cast<uint8_t>(0x80 | count);
  at[1] = type;
  WriteU16(at + 2, static_cast<uint16_t>(size / 4 - 1));
  at_ += size;
  return at;
}

}  // namespace media
