#include "media/reception/reception_feedback.h"

#include <algorithm>
#include <array>

#include "media/direct/transport_feedback.h"

namespace media {
namespace {

// How much a new measurement counts (as in RFC 6298 §2).
constexpr int64_t kRttWeight = 8;

// Packs numbers that come in order into entries.
class NackEntries {
 public:
  // False where there is no room for it.
  bool Add(uint16_t sequence) {
    if (count_ > 0) {
      NackEntry& last = entries_[count_ - 1];
      const auto behind = static_cast<uint16_t>(sequence - last.first);
      if (behind >= 1 && behind <= 16) {
        last.mask = static_cast<uint16_t>(last.mask | 1u << (behind - 1));
        return true;
      }
    }
    if (count_ == entries_.size()) return false;
    entries_[count_++] = {0, sequence, 0};
    return true;
  }
  std::span<const NackEntry> all() const { return {entries_.data(), count_}; }

 private:
  std::array<NackEntry, ReceptionFeedback::kMaxNacks> entries_;
  size_t count_ = 0;
};

}  // namespace

ReceptionFeedback::ReceptionFeedback(uint32_t ssrc, std::string cname)
    : ssrc_(ssrc), cname_(std::move(cname)), random_(std::random_device{}()) {}

void ReceptionFeedback::OnPacket(const RtpView& packet, const ReceivedFormat& format, int64_t now_ns) noexcept {
  Stream* const stream = FindOrAdd(packet, format);
  if (stream == nullptr) return;
  stream->stats.OnPacket(packet.sequence, packet.timestamp, now_ns);
  if (!report_ns_) report_ns_ = now_ns + DrawInterval() / 2;
  if (!stream->nack) return;
  if (!stream->missing.OnPacket(packet.sequence, now_ns)) stream->overrun = static_cast<uint16_t>(packet.sequence - 1);
  misses_ = misses_ || !stream->missing.empty() || stream->overrun;
}

void ReceptionFeedback::OnRepaired(uint32_t ssrc, uint16_t sequence, int64_t now_ns) noexcept {
  Stream* const stream = Find(ssrc);
  if (stream == nullptr) return;
  repaired_ += 1;
  const int64_t took_ns = stream->missing.OnRepaired(sequence, now_ns);
  if (took_ns >= 0) rtt_ns_ = rtt_ns_ < 0 ? took_ns : rtt_ns_ + (took_ns - rtt_ns_) / kRttWeight;
}

void ReceptionFeedback::OnTransport(uint32_t ssrc, uint16_t transport_sequence, int64_t now_ns) noexcept {
  transport_ssrc_ = ssrc;
  arrivals_.OnArrival(transport_sequence, now_ns);
}

void ReceptionFeedback::OnSenderReport(const SenderReport& report, int64_t now_ns) noexcept {
  if (Stream* const stream = Find(report.ssrc)) stream->stats.OnSenderReport(report.ntp_middle, now_ns);
}

size_t ReceptionFeedback::Due(int64_t now_ns, std::span<uint8_t> out, std::vector<GivenUp>& given_up) noexcept {
  const bool reports = report_ns_ && now_ns >= *report_ns_;
  const bool arrivals = arrivals_.IsDue(now_ns);
  if (!reports && !arrivals && !misses_) return 0;
  RtcpWriter writer(out.first(kMaxSize));
  // What a compound begins with.
  if (reports) {
    WriteReports(now_ns, writer);
  } else {
    writer.EmptyReport(ssrc_);
  }
  const size_t head = writer.size();
  misses_ = false;
  for (Stream& stream : streams_) {
    if (stream.nack) WriteNacks(stream, now_ns, writer, given_up);
  }
  if (arrivals) WriteArrivals(now_ns, writer);
  return reports || writer.size() > head ? writer.size() : 0;
}

void ReceptionFeedback::WriteReports(int64_t now_ns, RtcpWriter& writer) noexcept {
  std::array<ReportBlock, RtcpWriter::kMaxListed> blocks;
  size_t count = 0;
  for (Stream& stream : streams_) {
    if (count < blocks.size() && stream.stats.fresh()) blocks[count++] = stream.stats.Report(now_ns);
  }
  writer.ReceiverReport(ssrc_, {blocks.data(), count});
  writer.Description({&ssrc_, 1}, cname_);
  report_ns_ = now_ns + DrawInterval();
}

void ReceptionFeedback::WriteNacks(Stream& stream, int64_t now_ns, RtcpWriter& writer,
                                   std::vector<GivenUp>& given_up) noexcept {
  const uint32_t ssrc = stream.stats.ssrc();
  if (stream.overrun) given_up.push_back({ssrc, *stream.overrun});
  stream.overrun.reset();
  NackEntries entries;
  stream.missing.Due(
      now_ns, rtt_ns_,
      [&](uint16_t sequence) {
        if (!entries.Add(sequence)) return false;
        asked_ += 1;
        return true;
      },
      [&](uint16_t sequence) { given_up.push_back({ssrc, sequence}); });
  writer.Nack(ssrc_, ssrc, entries.all());
  misses_ = misses_ || !stream.missing.empty();
}

void ReceptionFeedback::WriteArrivals(int64_t now_ns, RtcpWriter& writer) noexcept {
  std::array<uint8_t, ArrivalLog::kMaxBody> body;
  // The head of a feedback message, and its two SSRCs.
  constexpr size_t kHead = 12;
  if (writer.room() < kHead) return;
  const size_t size = arrivals_.Write(now_ns, std::span(body).first(std::min(body.size(), (writer.room() - kHead) / 4 * 4)));
  if (size > 0) writer.TransportFeedback(kTransportWideFeedback, ssrc_, transport_ssrc_, Bytes(body).first(size));
}

ReceptionFigures ReceptionFeedback::Figures() const {
  ReceptionFigures figures;
  for (const Stream& stream : streams_) {
    const SourceStats& stats = stream.stats;
    const double loss = stats.reported() ? stats.fraction_lost() / 256.0 : -1;
    figures.streams.push_back({stats.ssrc(), stats.clock_rate(), stats.received(), stats.lost(), loss, stats.jitter_ns()});
  }
  figures.rtt_ns = rtt_ns_;
  figures.asked_again = asked_;
  figures.repaired = repaired_;
  return figures;
}

ReceptionFeedback::Stream* ReceptionFeedback::Find(uint32_t ssrc) noexcept {
  for (size_t i = 0; i < streams_.size(); ++i) {
    const size_t at = last_hit_ + i < streams_.size() ? last_hit_ + i : last_hit_ + i - streams_.size();
    if (streams_[at].stats.ssrc() != ssrc) continue;
    last_hit_ = at;
    return &streams_[at];
  }
  return nullptr;
}

ReceptionFeedback::Stream* ReceptionFeedback::FindOrAdd(const RtpView& packet, const ReceivedFormat& format) noexcept {
  if (Stream* const stream = Find(packet.ssrc)) return stream;
  if (streams_.size() == kMaxStreams) return nullptr;
  has_video_ = has_video_ || format.kind == Kind::kVideo;
  streams_.push_back({SourceStats(packet.ssrc, format.clock_rate), format.nack, {}, {}});
  last_hit_ = streams_.size() - 1;
  return &streams_.back();
}

int64_t ReceptionFeedback::DrawInterval() noexcept {
  const int64_t average = has_video_ ? kVideoIntervalNs : kAudioIntervalNs;
  return std::uniform_int_distribution<int64_t>(average / 2, average * 3 / 2)(random_);
}

}  // namespace media
