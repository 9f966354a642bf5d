#include "media/timestamp_map.h"

#include <algorithm>

namespace media {
namespace {

constexpr int64_t kForgetDebtNs = 60'000'000'000;

}  // namespace

TimestampMap::TimestampMap(Kind kind, uint32_t clock_rate, uint32_t first)
    : kind_(kind),
      clock_rate_(clock_rate),
      min_step_(kind == Kind::kAudio ? clock_rate / 50 : 1),
      highest_out_(first) {}

bool TimestampMap::Overlaps(int64_t capture_ns) const noexcept {
  if (!sent_ || kind_ != Kind::kAudio) return false;
  const int64_t missing = min_step_ - Due(capture_ns);
  return missing > min_step_ / 2 && missing <= Ticks(kMaxOverlapNs);
}

void TimestampMap::Start(uint32_t in, int64_t capture_ns) noexcept {
  uint32_t out = highest_out_;
  debt_ = 0;
  start_in_ = in;
  if (sent_) {
    const int64_t due = Due(capture_ns);
    const int64_t step = std::max(due, min_step_);
    ahead_ = step - due;
    out += static_cast<uint32_t>(step);
    if (kind_ == Kind::kVideo && ahead_ <= Ticks(kMaxOverlapNs)) debt_ = ahead_;
  }
  delta_ = out - in - static_cast<uint32_t>(debt_);
}

uint32_t TimestampMap::Map(uint32_t in, int64_t capture_ns) noexcept {
  const int64_t owed = Owed(in);
  const uint32_t out = in + delta_ + static_cast<uint32_t>(owed);
  ahead_ns_ = owed * 1'000'000'000 / clock_rate_;
  if (!sent_ || static_cast<int32_t>(out - highest_out_) > 0) {
    sent_ = true;
    highest_out_ = out;
    highest_capture_ns_ = capture_ns;
    if (debt_ != 0) Pay(in, owed);
  }
  return out;
}

int64_t TimestampMap::Owed(uint32_t in) const noexcept {
  return debt_ == 0 ? 0 : std::clamp<int64_t>(debt_ - Since(in) / 2, 0, debt_);
}

void TimestampMap::Pay(uint32_t in, int64_t owed) noexcept {
  ahead_ = owed;
  // Kept while packets of the time before may still come late, but not so long that timestamps wrap.
  if (Since(in) > Ticks(kForgetDebtNs)) debt_ = 0;
}

int64_t TimestampMap::Ticks(int64_t ns) const noexcept {
  // In two parts: the product of days and a clock rate does not fit.
  constexpr int64_t kSecond = 1'000'000'000;
  return ns / kSecond * clock_rate_ + ns % kSecond * clock_rate_ / kSecond;
}

}  // namespace media
