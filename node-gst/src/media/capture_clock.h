// When media was captured, on the server's clock, whatever the publisher's clocks say.
#pragma once
#include <cstdint>

#include "media/rtcp.h"

namespace media {

// A clock that is compared with ours may run this much slower or faster; crystals stay within 0.02 %. The filters below
// keep the least delay seen and forget it at this rate, so that they follow both drift and a longer way.
inline constexpr int64_t kForgetDivisor = 2000;
// A difference larger than this is no delay and no drift: somebody set a clock.
inline constexpr int64_t kClockJumpNs = 1'000'000'000;
// Media older than this at its arrival means that a sender report does not fit its stream.
inline constexpr int64_t kOldestNs = 5'000'000'000;

// The wall clock of one publishing device against ours: one offset, shared by its audio and video, so that what was
// captured together stays together. The least (arrival - NTP) seen is the offset plus the shortest way.
//
// Not thread-safe; guarded by its ingest.
class DeviceClock {
 public:
  bool known() const { return known_; }
  // A report written at `ntp_ns` arrived at `now_ns`. Returns by how much the device's clock was set (0 nearly always):
  // points of other streams that were taken before are to be moved by it.
  int64_t OnReport(int64_t ntp_ns, int64_t now_ns) noexcept;
  int64_t ToServer(int64_t ntp_ns, int64_t now_ns) noexcept;
  // Media captured at a server time of `now_ns` + `by_ns` cannot have arrived: the way is shorter than thought.
  void Lower(int64_t by_ns) noexcept { offset_ns_ -= by_ns; }

 private:
  void Forget(int64_t now_ns) noexcept;

  bool known_ = false;
  int64_t offset_ns_ = 0;
  int64_t forgotten_until_ns_ = 0;
};

// The media clock of one stream: a point (timestamp, time) and a rate. Time is the device's NTP time once a sender
// report was seen; before, the server's time by the least delay seen of this stream alone.
//
// Not thread-safe; guarded by its ingest.
class StreamClock {
 public:
  explicit StreamClock(uint32_t clock_rate) : clock_rate_(clock_rate) {}

  void OnReport(const SenderReport& report) noexcept;
  // Never later than `now_ns`.
  int64_t Capture(uint32_t timestamp, int64_t now_ns, DeviceClock& device) noexcept;
  // The device's clock was set: keeps this stream's times on the server's clock as they are.
  void Shift(int64_t by_ns) noexcept;

 private:
  enum class Basis : uint8_t { kNone, kArrival, kReport };

  // Right while the timestamp is within half its range (6 hours of video) of the point. Reports move the point; where
  // none come for so long, the result is so far off that the stream starts anew by its arrival.
  int64_t Extrapolate(uint32_t timestamp) const noexcept;
  int64_t ByArrival(uint32_t timestamp, int64_t now_ns) noexcept;

  const uint32_t clock_rate_;
  Basis basis_ = Basis::kNone;
  uint32_t timestamp_ = 0;
  int64_t time_ns_ = 0;
  int64_t forgotten_until_ns_ = 0;
};

}  // namespace media
