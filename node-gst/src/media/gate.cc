#include "media/gate.h"

#include <algorithm>

namespace media {

bool Gate::Admits(const MediaPacket& packet) noexcept {
  const bool newest = IsNewest(packet);
  // Overtaken by one that was held: it would leave a hole behind it.
  if (holding_ && !newest) return false;
  if (Holds(packet)) {
    holding_ = true;
    return false;
  }
  if (holding_) spurt_ += 1;
  holding_ = false;
  return true;
}

bool Gate::IsNewest(const MediaPacket& packet) noexcept {
  const int32_t newer = static_cast<int32_t>(packet.epoch - epoch_);
  if (newer < 0) return false;
  if (newer == 0 && static_cast<int16_t>(packet.rtp.sequence - highest_) <= 0) return false;
  epoch_ = packet.epoch;
  highest_ = packet.rtp.sequence;
  return true;
}

bool Gate::Holds(const MediaPacket& packet) noexcept {
  if (!quietest_ || !packet.HasLevel()) return false;
  if (packet.Level() > *quietest_) return packet.arrival_ns >= open_until_ns_;
  open_until_ns_ = std::max(open_until_ns_, packet.arrival_ns + kGateHangNs);
  return false;
}

}  // namespace media
