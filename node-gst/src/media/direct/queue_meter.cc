#include "media/direct/queue_meter.h"

#include <algorithm>
#include <limits>

namespace media {
namespace {

constexpr int64_t kNothing = std::numeric_limits<int64_t>::max();

}  // namespace

void QueueMeter::Add(int64_t now_ns, int64_t taken_ns) noexcept {
  const int64_t interval = now_ns / kIntervalNs;
  Least& least = least_[static_cast<size_t>(interval) % kAll];
  if (least.interval == interval) {
    least.taken_ns = std::min(least.taken_ns, taken_ns);
  } else {
    least = {interval, taken_ns};
  }
}

int64_t QueueMeter::Queue(int64_t now_ns) noexcept {
  const int64_t interval = now_ns / kIntervalNs;
  const int64_t recent = LeastOf(interval, kRecent);
  return recent == kNothing ? -1 : recent - LeastOf(interval, kAll);
}

int64_t QueueMeter::LeastOf(int64_t interval, int64_t count) const noexcept {
  int64_t least = kNothing;
  for (const Least& each : least_) {
    if (each.interval > interval - count && each.interval <= interval) least = std::min(least, each.taken_ns);
  }
  return least;
}

}  // namespace media
