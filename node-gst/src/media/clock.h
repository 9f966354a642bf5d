// The server's clock: nanoseconds that never go back, the same for all peers (pipelines share clock and base time).
#pragma once
#include <cstdint>

namespace media {

// Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t Now() const noexcept = 0;
};

}  // namespace media
