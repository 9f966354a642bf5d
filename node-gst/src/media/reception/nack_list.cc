#include "media/reception/nack_list.h"

#include <algorithm>
#include <cstdlib>

#include "media/source_table.h"

namespace media {

bool NackList::OnPacket(uint16_t sequence, int64_t now_ns) noexcept {
  const int ahead = static_cast<int16_t>(sequence - highest_);
  if (any_ && ahead <= 0 && ahead > -kMaxSequenceJump) {
    OnRepaired(sequence, now_ns);
    return true;
  }
  const bool follows = any_ && ahead < kMaxSequenceJump && ahead > 0;
  const uint16_t first = static_cast<uint16_t>(highest_ + 1);
  const int64_t since_ns = highest_ns_;
  any_ = true;
  highest_ = sequence;
  highest_ns_ = now_ns;
  if (!follows) {
    missing_.clear();
    return true;
  }
  if (ahead > kWindow) {
    missing_.clear();
    return false;
  }
  for (uint16_t each = first; each != sequence; ++each) missing_.push_back({each, 0, since_ns, 0});
  return true;
}

int64_t NackList::OnRepaired(uint16_t sequence, int64_t now_ns) noexcept {
  const auto found = std::find_if(missing_.begin(), missing_.end(), [&](const Missing& m) { return m.sequence == sequence; });
  if (found == missing_.end()) return -1;
  const int64_t took_ns = found->tries == 1 ? now_ns - found->asked_ns : -1;
  missing_.erase(found);
  return took_ns;
}

int64_t NackList::Pace(int64_t rtt_ns) noexcept {
  return rtt_ns < 0 ? kUnknownRttNs : std::clamp(rtt_ns, kMinRttNs, kMaxRttNs);
}

bool NackList::IsDue(const Missing& each, int64_t now_ns, int64_t rtt_ns) const noexcept {
  if (each.tries > 0) return each.tries < kMaxTries && now_ns - each.asked_ns >= Pace(rtt_ns);
  return Behind(each) > kReorderPackets || now_ns - each.since_ns >= kReorderNs;
}

bool NackList::IsHopeless(const Missing& each, int64_t now_ns, int64_t rtt_ns) const noexcept {
  if (now_ns - each.since_ns > kMaxAgeNs || Behind(each) >= kWindow) return true;
  return each.tries >= kMaxTries && now_ns - each.asked_ns >= Pace(rtt_ns);
}

}  // namespace media
