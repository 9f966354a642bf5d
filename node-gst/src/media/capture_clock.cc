#include "media/capture_clock.h"

#include <cstdlib>

namespace media {
namespace {

// What a filter forgets since it last did; advances `until_ns` by what was accounted for, so that nothing is rounded
// away.
int64_t TakeForgotten(int64_t& until_ns, int64_t now_ns) {
  const int64_t forgotten = (now_ns - until_ns) / kForgetDivisor;
  if (forgotten <= 0) return 0;
  until_ns += forgotten * kForgetDivisor;
  return forgotten;
}

}  // namespace

int64_t DeviceClock::OnReport(int64_t ntp_ns, int64_t now_ns) noexcept {
  const int64_t sample = now_ns - ntp_ns;
  if (!known_) {
    known_ = true;
    offset_ns_ = sample;
    forgotten_until_ns_ = now_ns;
    return 0;
  }
  Forget(now_ns);
  const int64_t change = sample - offset_ns_;
  if (std::abs(change) > kClockJumpNs) {
    offset_ns_ = sample;
    return change;
  }
  if (change < 0) offset_ns_ = sample;
  return 0;
}

int64_t DeviceClock::ToServer(int64_t ntp_ns, int64_t now_ns) noexcept {
  Forget(now_ns);
  return ntp_ns + offset_ns_;
}

void DeviceClock::Forget(int64_t now_ns) noexcept { offset_ns_ += TakeForgotten(forgotten_until_ns_, now_ns); }

void StreamClock::OnReport(const SenderReport& report) noexcept {
  basis_ = Basis::kReport;
  timestamp_ = report.rtp_timestamp;
  time_ns_ = report.ntp_ns;
}

void StreamClock::Shift(int64_t by_ns) noexcept {
  if (basis_ == Basis::kReport) time_ns_ -= by_ns;
}

int64_t StreamClock::Capture(uint32_t timestamp, int64_t now_ns, DeviceClock& device) noexcept {
  if (basis_ != Basis::kReport) return ByArrival(timestamp, now_ns);
  const int64_t capture = device.ToServer(Extrapolate(timestamp), now_ns);
  if (capture > now_ns) {
    // A stray timestamp must not shift the device's other streams by more than a delay can be.
    if (capture - now_ns <= kClockJumpNs) device.Lower(capture - now_ns);
    return now_ns;
  }
  if (now_ns - capture > kOldestNs) {
    basis_ = Basis::kNone;
    return ByArrival(timestamp, now_ns);
  }
  return capture;
}

int64_t StreamClock::ByArrival(uint32_t timestamp, int64_t now_ns) noexcept {
  if (basis_ == Basis::kArrival) {
    time_ns_ += TakeForgotten(forgotten_until_ns_, now_ns);
    const int64_t capture = Extrapolate(timestamp);
    const int64_t delay = now_ns - capture;
    if (delay >= 0 && delay <= kClockJumpNs) return capture;
    if (delay < 0 && delay >= -kClockJumpNs) {
      time_ns_ += delay;
      return now_ns;
    }
  }
  basis_ = Basis::kArrival;
  timestamp_ = timestamp;
  time_ns_ = now_ns;
  forgotten_until_ns_ = now_ns;
  return now_ns;
}

int64_t StreamClock::Extrapolate(uint32_t timestamp) const noexcept {
  return time_ns_ + int64_t{static_cast<int32_t>(timestamp - timestamp_)} * 1'000'000'000 / clock_rate_;
}

}  // namespace media
