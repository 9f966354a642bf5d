// What stands in a queue on the way to a receiver.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace media {

// How long packets took, by two clocks that need not agree: what counts is how much longer the fastest of the last second
// took than the fastest of the last minute. A burst does not show, since it is the least that counts; a queue that does
// not drain does (as in CoDel, RFC 8289 §3.2). Clocks that drift apart do so by less than 10 ms in a minute.
//
// Not thread-safe; guarded by its owner.
class QueueMeter {
 public:
  // `taken_ns` may be anything, and negative.
  void Add(int64_t now_ns, int64_t taken_ns) noexcept;
  // -1 where nothing arrived in the last second or so.
  int64_t Queue(int64_t now_ns) noexcept;

 private:
  static constexpr int64_t kIntervalNs = 500'000'000;
  // Intervals of a minute; of the last second, the running one included, and what it has not seen yet.
  static constexpr size_t kAll = 120;
  static constexpr int64_t kRecent = 3;

  struct Least {
    int64_t interval = -kRecent - 1;
    int64_t taken_ns = 0;
  };

  int64_t LeastOf(int64_t interval, int64_t count) const noexcept;

  // By interval.
  std::array<Least, kAll> least_{};
};

}  // namespace media
