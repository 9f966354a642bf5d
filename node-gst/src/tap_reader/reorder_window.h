// Packets of one SSRC into the order of their sequence numbers.
#pragma once
#include <bitset>
#include <cstdint>
#include <map>

#include "tap_reader/stream_packet.h"

namespace tap_reader {

// Each packet comes out at most once, and never in front of one that came out before. A missing packet is waited for
// until one behind it has waited for the patience, or is kSpan numbers ahead.
//
// Not thread-safe. Time is whatever the caller gives, as long as it does not go back.
class ReorderWindow {
 public:
  static constexpr int64_t kSpan = 512;
  // How far back a number is known to have come or to have been given up. The sender's slot lets nothing through that
  // is 128 behind, so what seems older is a stream that went on after a gap of more than half the numbers.
  static constexpr int64_t kHistory = 1024;

  explicit ReorderWindow(int64_t patience_ns) : patience_ns_(patience_ns) {}

  enum class Added : uint8_t { kHeld, kDuplicate, kLate };
  Added Add(StreamPacket packet, int64_t now_ns);

  // The next packet, null where there is none or one before it is still waited for.
  StreamPacket* Front(int64_t now_ns) noexcept;
  // How many packets are given up where Front() is taken.
  uint64_t LostBeforeFront() const noexcept;
  // Takes what Front() gave.
  void Pop() noexcept;

  // Nothing is waited for from now on.
  void Flush() noexcept { flushing_ = true; }

  size_t size() const { return held_.size(); }

 private:
  struct Held {
    StreamPacket packet;
    // When the first came that is this one or behind it: so long everything missing in front of it is waited for.
    int64_t since_ns;
  };

  int64_t Unwrap(uint16_t sequence) const noexcept;

  const int64_t patience_ns_;
  bool flushing_ = false;
  bool started_ = false;
  // The number that is to come out next, counted on without wrapping.
  int64_t next_ = 0;
  std::map<int64_t, Held> held_;
  // Of the last kHistory numbers below `next_`: which came out.
  std::bitset<kHistory> out_;
};

}  // namespace tap_reader
