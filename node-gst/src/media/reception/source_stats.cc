#include "media/reception/source_stats.h"

#include <algorithm>

#include "media/ntp.h"
#include "media/source_table.h"

namespace media {
namespace {

// Reports count in 24 bits, with a sign.
constexpr int64_t kMaxLost = 0x7FFFFF;

// In units of the clock, modulo 2^32; in two parts, since the product of days and a clock rate does not fit.
uint32_t ToClock(int64_t ns, uint32_t clock_rate) {
  return static_cast<uint32_t>(ns / kNsPerSecond * clock_rate + ns % kNsPerSecond * clock_rate / kNsPerSecond);
}

}  // namespace

void SourceStats::OnPacket(uint16_t sequence, uint32_t timestamp, int64_t now_ns) noexcept {
  const int ahead = static_cast<int16_t>(sequence - static_cast<uint16_t>(highest_));
  if (received_ == 0) {
    Begin(sequence);
  } else if (ahead <= -kMaxSequenceJump || ahead >= kMaxSequenceJump) {
    // No loss: after two in a row the stream has started anew (RFC 3550 A.1).
    if (sequence != expected_after_jump_) {
      expected_after_jump_ = static_cast<uint16_t>(sequence + 1);
      return;
    }
    Begin(sequence);
  } else if (ahead > 0) {
    highest_ += static_cast<uint32_t>(ahead);
  }
  received_ += 1;
  MeasureJitter(timestamp, now_ns);
}

void SourceStats::Begin(uint16_t sequence) noexcept {
  base_ = highest_ = sequence;
  received_ = reported_expected_ = reported_received_ = 0;
  expected_after_jump_ = UINT32_MAX;
}

void SourceStats::MeasureJitter(uint32_t timestamp, int64_t now_ns) noexcept {
  const uint32_t transit = ToClock(now_ns, clock_rate_) - timestamp;
  const auto moved = static_cast<int32_t>(transit - transit_);
  transit_ = transit;
  const uint32_t distance = moved < 0 ? 0u - static_cast<uint32_t>(moved) : static_cast<uint32_t>(moved);
  // More than a second is a clock that was set, or the first packet.
  if (received_ == 1 || distance > clock_rate_) return;
  jitter16_ += distance - ((jitter16_ + 8) >> 4);
}

void SourceStats::OnSenderReport(uint32_t ntp_middle, int64_t now_ns) noexcept {
  sender_report_ = ntp_middle;
  sender_report_ns_ = now_ns;
}

ReportBlock SourceStats::Report(int64_t now_ns) noexcept {
  const int64_t expected_since = int64_t{expected()} - reported_expected_;
  const int64_t lost_since = expected_since - (int64_t{received_} - reported_received_);
  fraction_lost_ = expected_since <= 0 || lost_since <= 0 ? 0 : static_cast<uint8_t>(std::min<int64_t>(255, lost_since * 256 / expected_since));
  reported_ = true;
  reported_expected_ = expected();
  reported_received_ = received_;

  ReportBlock block;
  block.ssrc = ssrc_;
  block.fraction_lost = fraction_lost_;
  block.lost = static_cast<int32_t>(std::clamp<int64_t>(int64_t{expected()} - received_, -kMaxLost - 1, kMaxLost));
  block.highest_sequence = highest_;
  block.jitter = jitter16_ >> 4;
  block.last_report = sender_report_;
  // In 1/65536 s.
  if (sender_report_ != 0) block.since_last_report = ToClock(std::max<int64_t>(now_ns - sender_report_ns_, 0), 1 << 16);
  return block;
}

uint32_t SourceStats::lost() const noexcept { return expected() > received_ ? expected() - received_ : 0; }

int64_t SourceStats::jitter_ns() const noexcept { return int64_t{jitter16_ >> 4} * kNsPerSecond / clock_rate_; }

}  // namespace media
