#include "media/report_reader.h"

#include <algorithm>

#include "media/ntp.h"
#include "media/rtcp.h"

namespace media {
namespace {

// Receivers report once a second or, on sound, in five.
constexpr int64_t kBlocksWindowNs = 10'000'000'000;
// More packets between two reports of a stream than were ever sent: it began anew, or the report is wrong.
constexpr int32_t kMaxBetweenReports = 1 << 15;
// No way there and back takes longer, and where the other clock runs fast, it takes a little less than nothing. Beyond
// that the report is wrong.
constexpr int64_t kMaxRttNs = 10'000'000'000;
constexpr int64_t kMinRttNs = -100'000'000;
// How much a new measurement counts (as in RFC 6298 §2).
constexpr int64_t kRttWeight = 8;

}  // namespace

ReportReader::ReportReader(const std::vector<SlotOptions>& slots) : slot_count_(slots.size()), blocks_(kBlocksWindowNs) {
  for (const SlotOptions& slot : slots) streams_.push_back({.ssrc = slot.ssrc, .mline = slot.mline, .clock_rate = slot.clock_rate});
}

void ReportReader::Read(Bytes compound, int64_t now_ns, int64_t unix_now_ns) noexcept {
  RtcpReader reader(compound);
  for (RtcpPacket packet; reader.Next(packet);) {
    for (size_t i = 0; const auto block = ReportBlockAt(packet, i); ++i) OnBlock(*block, now_ns, unix_now_ns);
  }
}

ReceiverFigures ReportReader::Figures(int64_t now_ns) noexcept {
  ReceiverFigures figures;
  figures.loss = blocks_.Loss(now_ns);
  figures.rtt_ns = rtt_ns_;
  for (const Stream& stream : streams_) figures.jitter_ns = std::max(figures.jitter_ns, stream.jitter_ns);
  figures.lost = lost_;
  for (size_t i = 0; i < slot_count_; ++i) {
    const Stream& stream = streams_[i];
    if (!stream.reported) continue;
    const auto lost = static_cast<uint32_t>(std::max(stream.lost, 0));
    figures.streams.push_back({stream.mline, stream.fraction_lost / 256.0, lost, stream.jitter_ns});
  }
  return figures;
}

void ReportReader::OnBlock(const ReportBlock& block, int64_t now_ns, int64_t unix_now_ns) noexcept {
  const auto stream =
      std::find_if(streams_.begin(), streams_.end(), [&](const Stream& each) { return each.ssrc == block.ssrc; });
  if (stream == streams_.end()) return;
  CountLoss(*stream, block, now_ns);
  stream->fraction_lost = block.fraction_lost;
  MeasureRtt(block, unix_now_ns);
  // Resends have no jitter to speak of: they come when they are asked for.
  if (stream->clock_rate != 0) stream->jitter_ns = int64_t{block.jitter} * kNsPerSecond / stream->clock_rate;
}

void ReportReader::CountLoss(Stream& stream, const ReportBlock& block, int64_t now_ns) noexcept {
  const int32_t expected = static_cast<int32_t>(block.highest_sequence - stream.highest_sequence);
  const int32_t lost = block.lost - stream.lost;
  const bool follows = stream.reported && expected >= 0 && expected <= kMaxBetweenReports;
  stream.reported = true;
  stream.highest_sequence = block.highest_sequence;
  stream.lost = block.lost;
  if (!follows || lost > expected || lost < -kMaxBetweenReports) return;
  blocks_.Add(now_ns, expected - lost, lost, 0);
  if (lost > 0) lost_ += static_cast<uint32_t>(lost);
}

void ReportReader::MeasureRtt(const ReportBlock& block, int64_t unix_now_ns) noexcept {
  if (block.last_report == 0) return;
  // In 1/65536 s, as both figures are.
  const uint32_t units = MiddleOfNtp64(unix_now_ns) - block.last_report - block.since_last_report;
  const int64_t measured_ns = static_cast<int32_t>(units) * kNsPerSecond >> 16;
  if (measured_ns > kMaxRttNs || measured_ns < kMinRttNs) return;
  const int64_t rtt_ns = std::max<int64_t>(measured_ns, 0);
  rtt_ns_ = rtt_ns_ < 0 ? rtt_ns : rtt_ns_ + (rtt_ns - rtt_ns_) / kRttWeight;
}

}  // namespace media
