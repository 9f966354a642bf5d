// Timestamps of a slot: a constant offset while one stream is carried, forward by the real time between two of them. So
// the relation of timestamps to capture times that the last sender report told stays true over a switch, and sound and
// picture stay together until the next one.
//
// Where the next publisher's way is longer, what comes of him first was captured before what was sent last, and
// timestamps cannot go back. Sound is then left out for that time, which was filled by the one before; a picture begins
// with a key frame that cannot be left out, so its timestamps run ahead of real time and get back to it at half speed.
#pragma once
#include <cstdint>

#include "media/options.h"

namespace media {

// The longest such time that is made good. What is beyond is the difference of no two ways but a clock that is wrong,
// and there timestamps run ahead until the next switch.
inline constexpr int64_t kMaxOverlapNs = 250'000'000;

// Not thread-safe; guarded by its slot.
class TimestampMap {
 public:
  // `first` is the first timestamp sent.
  TimestampMap(Kind kind, uint32_t clock_rate, uint32_t first);

  // Sound only: whether a stream that began with a packet of this capture time would have to be heard at the same time
  // as what was sent last. Half a packet does not count: for that the timestamps run ahead until the next switch.
  bool Overlaps(int64_t capture_ns) const noexcept;
  // Another stream begins with a packet of this timestamp and capture time.
  void Start(uint32_t in, int64_t capture_ns) noexcept;
  uint32_t Map(uint32_t in, int64_t capture_ns) noexcept;
  // How far the timestamp of the packet that was mapped last is ahead of real time, where it gets back to it by itself.
  int64_t AheadNs() const noexcept { return ahead_ns_; }

 private:
  int64_t Ticks(int64_t ns) const noexcept;
  // How far the timestamps would have to move for real time, if the next packet was captured then.
  int64_t Due(int64_t capture_ns) const noexcept { return Ticks(capture_ns - highest_capture_ns_) - ahead_; }
  // How much of `debt_` a packet of this timestamp has still before it.
  int64_t Owed(uint32_t in) const noexcept;
  void Pay(uint32_t in, int64_t owed) noexcept;
  int64_t Since(uint32_t in) const noexcept { return static_cast<int32_t>(in - start_in_); }

  const Kind kind_;
  const uint32_t clock_rate_;
  // The least that a switch moves forward: an audio packet covers a time (20 ms is what browsers send), in which the
  // next one must not begin.
  const int64_t min_step_;
  bool sent_ = false;
  // From the timestamps of the stream to those of the slot in real time.
  uint32_t delta_ = 0;
  uint32_t highest_out_;
  int64_t highest_capture_ns_ = 0;
  // How far `highest_out_` runs ahead of real time.
  int64_t ahead_ = 0;
  // How far the stream ran ahead at its first packet, `start_in_`, where it gets back to real time by itself; else 0.
  int64_t debt_ = 0;
  uint32_t start_in_ = 0;
  int64_t ahead_ns_ = 0;
};

}  // namespace media
