#include "media/direct/report_builder.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "media/ntp.h"

namespace media {
namespace {

// What a datagram takes besides: IPv4, UDP, and what SRTCP adds (RFC 3711 §3.4). Counted as RFC 3550 §6.2 asks.
constexpr int64_t kDatagramOverhead = 20 + 8 + 14;

int64_t Ticks(int64_t ns, int64_t clock_rate) {
  // In two parts: the product of days and a clock rate does not fit.
  return ns / kNsPerSecond * clock_rate + ns % kNsPerSecond * clock_rate / kNsPerSecond;
}

// The sources of one compound, for its description.
class SourceList {
 public:
  bool HasRoomFor(size_t count) const { return size_ + count <= list_.size(); }
  void Add(uint32_t ssrc) { list_[size_++] = ssrc; }
  std::span<const uint32_t> all() const { return {list_.data(), size_}; }

 private:
  std::array<uint32_t, RtcpWriter::kMaxListed> list_;
  size_t size_ = 0;
};

}  // namespace

ReportBuilder::ReportBuilder(const std::vector<SlotOptions>& slots, std::string cname, int64_t unix_offset_ns)
    : cname_(cname.substr(0, kMaxNameSize)), unix_offset_ns_(unix_offset_ns), random_(std::random_device{}()) {
  for (const SlotOptions& slot : slots) {
    const int64_t bitrate = slot.kind == Kind::kAudio ? kAudioBitrate : kVideoBitrate;
    if (slot.kind == Kind::kVideo) interval_ns_ = kVideoIntervalNs;
    streams_.push_back({.ssrc = slot.ssrc, .clock_rate = slot.clock_rate, .bitrate = bitrate});
  }
}

void ReportBuilder::SetRepair(size_t slot, uint32_t ssrc) { streams_[slot].repair_ssrc = ssrc; }

void ReportBuilder::OnSent(size_t slot, uint32_t timestamp, size_t payload_size, int64_t capture_ns,
                           int64_t now_ns) noexcept {
  Stream& stream = streams_[slot];
  stream.packets += 1;
  stream.octets += static_cast<uint32_t>(payload_size);
  stream.timestamp = timestamp;
  stream.capture_ns = capture_ns;
  stream.fresh = true;
  if (stream.due) return;
  if (!stream.told) {
    MakeDue(stream, now_ns);
  } else if (Moved(stream)) {
    MakeDue(stream, last_ns_ + kEarlyNs);
  }
}

bool ReportBuilder::Moved(const Stream& stream) noexcept {
  const int64_t passed = Ticks(stream.capture_ns - stream.told_ns, stream.clock_rate);
  const auto moved = static_cast<int32_t>(stream.timestamp - stream.told_timestamp - static_cast<uint32_t>(passed));
  return std::abs(int64_t{moved}) > Ticks(kToleranceNs, stream.clock_rate);
}

void ReportBuilder::MakeDue(Stream& stream, int64_t at_ns) noexcept {
  stream.due = true;
  due_ns_ = std::min(due_ns_, at_ns);
}

size_t ReportBuilder::Due(int64_t now_ns, std::span<uint8_t> out) noexcept {
  if (now_ns < due_ns_) return 0;
  if (now_ns >= round_ns_) StartRound(now_ns);
  RtcpWriter writer(out.first(kMaxSize));
  SourceList sources;
  size_t size = 4;
  due_ns_ = round_ns_;
  for (Stream& stream : streams_) {
    if (!stream.due) continue;
    size += SizeOf(stream);
    if (size > kMaxSize || !sources.HasRoomFor(2)) {
      due_ns_ = now_ns;
      break;
    }
    WriteReport(stream, now_ns, writer);
    sources.Add(stream.ssrc);
    if (stream.repair_ssrc != 0) sources.Add(stream.repair_ssrc);
  }
  if (writer.size() == 0) return 0;
  writer.Description(sources.all(), cname_);
  last_ns_ = now_ns;
  return writer.size();
}

void ReportBuilder::StartRound(int64_t now_ns) noexcept {
  int64_t size = kDatagramOverhead;
  int64_t bitrate = 0;
  for (Stream& stream : streams_) {
    stream.due = stream.due || stream.fresh;
    if (!stream.due) continue;
    size += static_cast<int64_t>(SizeOf(stream));
    bitrate += stream.bitrate;
  }
  round_ns_ = now_ns + Interval(size, bitrate);
}

int64_t ReportBuilder::Interval(int64_t size, int64_t bitrate) noexcept {
  const int64_t affordable = bitrate == 0 ? 0 : size * 8 * kReportShare * kNsPerSecond / bitrate;
  const int64_t average = std::max(interval_ns_, affordable);
  return std::uniform_int_distribution<int64_t>(average / 2, average * 3 / 2)(random_);
}

void ReportBuilder::WriteReport(Stream& stream, int64_t now_ns, RtcpWriter& writer) noexcept {
  const int64_t passed = Ticks(now_ns - stream.capture_ns, stream.clock_rate);
  stream.told_timestamp = stream.timestamp + static_cast<uint32_t>(passed);
  stream.told_ns = now_ns;
  stream.told = true;
  stream.fresh = false;
  stream.due = false;
  writer.SenderReport({stream.ssrc, now_ns + unix_offset_ns_, stream.told_timestamp, stream.packets, stream.octets});
}

size_t ReportBuilder::SizeOf(const Stream& stream) const noexcept {
  return RtcpWriter::kSenderReportSize + (stream.repair_ssrc == 0 ? 1 : 2) * RtcpWriter::ChunkSize(cname_);
}

size_t ReportBuilder::Bye(std::span<uint8_t> out) noexcept {
  std::vector<uint32_t> sources;
  for (const Stream& stream : streams_) {
    if (stream.packets == 0) continue;
    sources.push_back(stream.ssrc);
    if (stream.repair_ssrc != 0) sources.push_back(stream.repair_ssrc);
  }
  if (sources.empty()) return 0;
  RtcpWriter writer(out.first(kMaxSize));
  writer.EmptyReport(sources[0]);
  writer.Description({sources.data(), 1}, cname_);
  for (size_t at = 0; at < sources.size(); at += RtcpWriter::kMaxListed) writer.Bye(std::span(sources).subspan(at));
  return writer.size();
}

}  // namespace media
