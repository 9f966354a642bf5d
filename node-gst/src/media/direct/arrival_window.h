// What arrived and what did not, within a time that moves on.
#pragma once
#include <array>
#include <cstdint>

namespace media {

// Sums over the last `kBuckets` intervals, the running one included. Times that go back count for the newest interval.
//
// Not thread-safe; guarded by its owner.
class ArrivalWindow {
 public:
  explicit ArrivalWindow(int64_t length_ns) : interval_ns_(length_ns / kBuckets) {}

  // `lost` may be negative: what had been counted as lost came late.
  void Add(int64_t now_ns, int64_t received, int64_t lost, int64_t bytes) noexcept;

  // 0 to 1; -1 where nothing is known.
  double Loss(int64_t now_ns) noexcept;
  // Bits per second; -1 where nothing is known.
  int64_t Bitrate(int64_t now_ns) noexcept;

 private:
  static constexpr int64_t kBuckets = 10;
  struct Sums {
    int64_t received = 0;
    int64_t lost = 0;
    int64_t bytes = 0;
  };

  void Advance(int64_t now_ns) noexcept;
  Sums Total(int64_t now_ns) noexcept;

  const int64_t interval_ns_;
  // Of the newest interval, since the clock's 0.
  int64_t newest_ = 0;
  std::array<Sums, kBuckets> buckets_{};
};

}  // namespace media
