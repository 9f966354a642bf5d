#include "tap_reader/feed.h"

#include <algorithm>
#include <utility>

namespace tap_reader {

int64_t Feed::PtsOf(const StreamPacket& packet) const noexcept {
  if (last_timestamp_ == packet.timestamp) return last_pts_ns_;
  return std::max(packet.unix_ns - *origin_ns_, last_pts_ns_);
}

bool Feed::PushPacket(const StreamPacket& packet, std::vector<uint8_t>&& bytes, int64_t pts_ns, int64_t duration_ns) {
  const size_t size = bytes.size();
  const auto taken = Push(std::move(bytes), pts_ns);
  if (!taken) return false;
  if (!*taken) {
    stats_.refused += 1;
    return true;
  }
  stats_.packets += 1;
  stats_.bytes += size;
  if (!stats_.first_unix_ns) stats_.first_unix_ns = packet.unix_ns;
  stats_.last_unix_ns = packet.unix_ns;
  stats_.end_pts_ns = std::max(stats_.end_pts_ns, pts_ns + duration_ns);
  last_timestamp_ = packet.timestamp;
  return true;
}

bool Feed::PushSilence(std::vector<uint8_t>&& bytes, int64_t duration_ns) {
  const auto taken = Push(std::move(bytes), stats_.end_pts_ns);
  if (!taken) return false;
  // Where nothing is taken any more, time goes on all the same, or the hole would be filled for ever.
  stats_.end_pts_ns += duration_ns;
  if (!*taken) return true;
  stats_.filled += 1;
  stats_.filled_ns += duration_ns;
  last_timestamp_.reset();
  return true;
}

std::optional<bool> Feed::Push(std::vector<uint8_t>&& bytes, int64_t pts_ns) {
  if (dead_) return false;
  switch (sink_->Push(std::move(bytes), pts_ns)) {
    case Sink::Taken::kFull:
      return std::nullopt;
    case Sink::Taken::kRefused:
      dead_ = true;
      return false;
    case Sink::Taken::kYes:
      break;
  }
  began_ = true;
  last_pts_ns_ = pts_ns;
  return true;
}

}  // namespace tap_reader
