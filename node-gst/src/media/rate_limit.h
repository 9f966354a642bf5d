// How much a publisher may send: a token bucket of packets and one of bytes, each with room for one second.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "media/options.h"

namespace media {

// Guarded by its owner. Time may stand still, and go back: then nothing is refilled.
class RateLimit {
 public:
  explicit RateLimit(const RateOptions& rate) : rate_(rate), packets_(rate.packets), bytes_(rate.bytes) {}

  // True where there is room for a packet of this size, which it then takes up.
  bool Take(size_t size, int64_t now_ns) noexcept {
    Refill(now_ns);
    const auto bytes = static_cast<double>(size);
    if ((rate_.packets > 0 && packets_ < 1) || (rate_.bytes > 0 && bytes_ < bytes)) return false;
    packets_ -= 1;
    bytes_ -= bytes;
    return true;
  }

 private:
  void Refill(int64_t now_ns) noexcept {
    const double seconds = last_ns_ < 0 ? 0 : static_cast<double>(std::max<int64_t>(0, now_ns - last_ns_)) / 1e9;
    last_ns_ = std::max(last_ns_, now_ns);
    packets_ = std::min<double>(rate_.packets, packets_ + seconds * rate_.packets);
    bytes_ = std::min<double>(rate_.bytes, bytes_ + seconds * rate_.bytes);
  }

  const RateOptions rate_;
  double packets_;
  double bytes_;
  int64_t last_ns_ = -1;
};

}  // namespace media
