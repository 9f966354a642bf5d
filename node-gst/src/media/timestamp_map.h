// Timestamps of a slot: a constant offset while one stream is carried, forward by the real time between two of them.
#pragma once
#include <cstdint>

namespace media {

// Not thread-safe; guarded by its slot.
class TimestampMap {
 public:
  // `min_step`: the least a switch moves forward, in ticks. `first` is the first timestamp sent.
  TimestampMap(uint32_t clock_rate, uint32_t min_step, uint32_t first)
      : clock_rate_(clock_rate), min_step_(min_step), highest_out_(first) {}

  // Another stream begins with a packet of this timestamp and capture time.
  void Start(uint32_t in, int64_t capture_ns) noexcept;
  uint32_t Map(uint32_t in, int64_t capture_ns) noexcept;

 private:
  int64_t Ticks(int64_t ns) const noexcept;

  const uint32_t clock_rate_;
  const uint32_t min_step_;
  bool sent_ = false;
  uint32_t delta_ = 0;
  uint32_t highest_out_;
  int64_t highest_capture_ns_ = 0;
  // How far the output runs ahead of real time, in ticks: a new stream whose first packet was captured before the last
  // one of the old (its way here is longer) still has to move forward. Paid back at later switches, so that many
  // switches do not add up.
  int64_t ahead_ = 0;
};

}  // namespace media
