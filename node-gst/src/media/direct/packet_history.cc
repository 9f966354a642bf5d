#include "media/direct/packet_history.h"

#include <algorithm>

namespace media {

void PacketHistory::SetAge(int64_t age_ns) noexcept { age_ns_ = std::clamp(age_ns, kMinAgeNs, kMaxAgeNs); }

void PacketHistory::Put(uint16_t sequence, Bytes packet, int64_t now_ns) {
  if (ring_.empty()) {
    ring_.resize(kFirstBytes);
    entries_.resize(kMaxPackets);
    by_sequence_.resize(kMaxPackets);
  }
  if (end_ - oldest_ == kMaxPackets) oldest_ += 1;
  while (!MakeRoom(packet.size(), now_ns)) Grow();
  std::copy(packet.begin(), packet.end(), &ring_[next_]);
  by_sequence_[sequence % kMaxPackets] = end_;
  Numbered(end_) = {sequence, static_cast<uint16_t>(packet.size()), static_cast<uint32_t>(next_), now_ns, kNever};
  end_ += 1;
  next_ += packet.size();
}

PacketHistory::Entry* PacketHistory::Find(uint16_t sequence, int64_t now_ns) noexcept {
  if (end_ == oldest_) return nullptr;
  const uint32_t number = by_sequence_[sequence % kMaxPackets];
  if (number - oldest_ >= end_ - oldest_) return nullptr;
  Entry& entry = Numbered(number);
  return entry.sequence == sequence && now_ns - entry.sent_ns <= age_ns_ ? &entry : nullptr;
}

bool PacketHistory::MakeRoom(size_t size, int64_t now_ns) {
  if (next_ + size > ring_.size()) {
    // What is left there of the time before is older than what lies at the beginning.
    if (!Drop(next_, ring_.size(), now_ns)) return false;
    next_ = 0;
  }
  return Drop(next_, next_ + size, now_ns);
}

bool PacketHistory::Drop(size_t from, size_t to, int64_t now_ns) {
  for (; oldest_ != end_; ++oldest_) {
    const Entry& oldest = Numbered(oldest_);
    if (oldest.at >= to || oldest.at + oldest.size <= from) break;
    if (ring_.size() < kMaxBytes && now_ns - oldest.sent_ns <= age_ns_) return false;
  }
  return true;
}

void PacketHistory::Grow() {
  std::vector<uint8_t> ring(ring_.size() * 2);
  next_ = 0;
  for (uint32_t number = oldest_; number != end_; ++number) {
    Entry& entry = Numbered(number);
    const Bytes packet = BytesOf(entry);
    std::copy(packet.begin(), packet.end(), &ring[next_]);
    entry.at = static_cast<uint32_t>(next_);
    next_ += packet.size();
  }
  ring_ = std::move(ring);
}

}  // namespace media
