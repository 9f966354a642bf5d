// Packets of SSRCs that nobody has named yet.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <vector>

#include "tap_reader/stream_packet.h"

namespace tap_reader {

// What a packet's SSRC means is told on another way than the packet, and may come later. The oldest are given up first.
//
// Not thread-safe.
class Pen {
 public:
  static constexpr size_t kMaxPackets = 256;
  static constexpr size_t kMaxBytes = 1 << 20;

  // True where it is the first of its SSRC since the start or the last Take() of it.
  bool Add(StreamPacket packet);
  // All of this SSRC, in the order they came.
  std::vector<StreamPacket> Take(uint32_t ssrc);

  // Packets given up.
  uint64_t dropped() const { return dropped_; }
  size_t size() const { return packets_.size(); }

 private:
  std::deque<StreamPacket> packets_;
  size_t bytes_ = 0;
  uint64_t dropped_ = 0;
  std::set<uint32_t> seen_;
};

}  // namespace tap_reader
