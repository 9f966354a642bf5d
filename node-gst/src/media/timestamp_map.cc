#include "media/timestamp_map.h"

#include <algorithm>

namespace media {

void TimestampMap::Start(uint32_t in, int64_t capture_ns) noexcept {
  uint32_t out = highest_out_;
  if (sent_) {
    const int64_t due = Ticks(capture_ns - highest_capture_ns_) - ahead_;
    const int64_t step = std::max<int64_t>(due, min_step_);
    ahead_ = step - due;
    out += static_cast<uint32_t>(step);
  }
  delta_ = out - in;
}

uint32_t TimestampMap::Map(uint32_t in, int64_t capture_ns) noexcept {
  const uint32_t out = in + delta_;
  if (!sent_ || static_cast<int32_t>(out - highest_out_) > 0) {
    sent_ = true;
    highest_out_ = out;
    highest_capture_ns_ = capture_ns;
  }
  return out;
}

int64_t TimestampMap::Ticks(int64_t ns) const noexcept {
  // In two parts: the product of days and a clock rate does not fit.
  constexpr int64_t kSecond = 1'000'000'000;
  return ns / kSecond * clock_rate_ + ns % kSecond * clock_rate_ / kSecond;
}

}  // namespace media
