// The packets a slot sent last, by their sequence numbers, in a bounded ring of bytes.
#pragma once
#include <cstdint>
#include <vector>

#include "media/rtp.h"

namespace media {

// Empty until the first packet. The ring grows where it would lose packets that are not old yet, up to its bound: a small
// picture needs little.
//
// Not thread-safe; guarded by its owner.
class PacketHistory {
 public:
  // How old a packet may be that is asked for again, the least and the most. A receiver that has not got it by then has asked
  // for a key frame (Chromium: after 3 s).
  static constexpr int64_t kMinAgeNs = 1'000'000'000;
  static constexpr int64_t kMaxAgeNs = 3'000'000'000;
  static constexpr size_t kFirstBytes = 32 * 1024;
  // A second at 4 Mbit/s; of faster streams less, but still more than the longest ways take there and back.
  static constexpr size_t kMaxBytes = 512 * 1024;
  // As many as that is where packets are half as large as they can be. Receivers' replay windows are no longer.
  static constexpr uint32_t kMaxPackets = 1024;

  struct Entry {
    uint16_t sequence = 0;
    uint16_t size = 0;
    // Where it begins in the ring.
    uint32_t at = 0;
    int64_t sent_ns = 0;
    // When it was sent again last; kNever where it was not.
    int64_t resent_ns = 0;
  };
  static constexpr int64_t kNever = INT64_MIN;

  // From now on packets are kept for so long, within these bounds.
  void SetAge(int64_t age_ns) noexcept;

  // From 1 to kFirstBytes. Of one number, the packet that was put last is found.
  void Put(uint16_t sequence, Bytes packet, int64_t now_ns);
  // Null where it is not there, or too old. Valid until the next Put.
  Entry* Find(uint16_t sequence, int64_t now_ns) noexcept;
  Bytes BytesOf(const Entry& entry) const noexcept { return {&ring_[entry.at], entry.size}; }

 private:
  Entry& Numbered(uint32_t number) noexcept { return entries_[number % kMaxPackets]; }
  // Makes `next_` a place for so many bytes; false where the ring is to grow first.
  bool MakeRoom(size_t size, int64_t now_ns);
  // Drops the oldest, one by one, as long as it lies within the range. False where one is still young and the ring may
  // grow.
  bool Drop(size_t from, size_t to, int64_t now_ns);
  void Grow();

  int64_t age_ns_ = kMinAgeNs;
  std::vector<uint8_t> ring_;
  // Numbered from 0 in the order they came in; what is held is `oldest_` up to `end_`.
  std::vector<Entry> entries_;
  uint32_t oldest_ = 0;
  uint32_t end_ = 0;
  // By sequence number, the number of the entry that came last.
  std::vector<uint32_t> by_sequence_;
  // Where the next packet is written. Packets lie behind each other in their order; where one does not fit in at the end
  // of the ring, it lies at the beginning.
  size_t next_ = 0;
};

}  // namespace media
