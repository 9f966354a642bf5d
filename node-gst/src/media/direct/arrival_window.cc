#include "media/direct/arrival_window.h"

#include <algorithm>

namespace media {

void ArrivalWindow::Add(int64_t now_ns, int64_t received, int64_t lost, int64_t bytes) noexcept {
  Advance(now_ns);
  Sums& sums = buckets_[static_cast<size_t>(newest_ % kBuckets)];
  sums.received += received;
  sums.lost += lost;
  sums.bytes += bytes;
}

double ArrivalWindow::Loss(int64_t now_ns) noexcept {
  const Sums total = Total(now_ns);
  // Less than none was lost where what was lost before the window came late.
  const int64_t lost = std::max<int64_t>(total.lost, 0);
  return total.received + lost == 0 ? -1 : static_cast<double>(lost) / static_cast<double>(total.received + lost);
}

int64_t ArrivalWindow::Bitrate(int64_t now_ns) noexcept {
  const Sums total = Total(now_ns);
  if (total.received == 0) return -1;
  return total.bytes * 8 * 1'000'000'000 / (interval_ns_ * kBuckets);
}

void ArrivalWindow::Advance(int64_t now_ns) noexcept {
  const int64_t interval = now_ns / interval_ns_;
  const int64_t from = std::max(newest_ + 1, interval - kBuckets + 1);
  for (int64_t each = from; each <= interval; ++each) buckets_[static_cast<size_t>(each % kBuckets)] = {};
  newest_ = std::max(newest_, interval);
}

ArrivalWindow::Sums ArrivalWindow::Total(int64_t now_ns) noexcept {
  Advance(now_ns);
  Sums total;
  for (const Sums& each : buckets_) {
    total.received += each.received;
    total.lost += each.lost;
    total.bytes += each.bytes;
  }
  return total;
}

}  // namespace media
