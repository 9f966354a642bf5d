// Where packets go: an appsrc, or a list in tests.
#pragma once
#include <cstdint>
#include <vector>

namespace tap_reader {

// The reader's thread, with its lock held.
class Sink {
 public:
  enum class Taken : uint8_t {
    kYes,
    kFull,     // not now; `packet` is as it was
    kRefused,  // never again
  };

  virtual ~Sink() = default;
  // Never waits. `packet` is moved from where it was taken.
  virtual Taken Push(std::vector<uint8_t>&& packet, int64_t pts_ns) noexcept = 0;
};

}  // namespace tap_reader
