// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): which packets of
// a transport arrived, and when. Pure; no threads, no allocation.
#pragma once
#include <cstdint>
#include <optional>

#include "media/rtcp.h"

namespace media {

inline constexpr uint8_t kTransportWideFeedback = 15;

// Walks the packets that one feedback message tells of, in the order of their numbers.
class TransportFeedback {
 public:
  // Arrival times are in this unit.
  static constexpr int64_t kTickNs = 250'000;
  // The reference time of a message, in ticks: 24 bits of 64 ms.
  static constexpr int64_t kReferenceTicks = 256;

  struct Status {
    uint16_t sequence = 0;
    bool received = false;
    // Of what was received: ticks since the reference time of the message; false where the message is cut short.
    bool timed = false;
    int64_t ticks = 0;
  };

  // Nothing where the packet is no such feedback, or its chunks do not cover the packets it says it tells of.
  static std::optional<TransportFeedback> Of(const RtcpPacket& packet) noexcept;

  // How many packets it tells of.
  uint16_t count() const { return left_; }
  // The number of the next one it tells of.
  uint16_t next() const { return sequence_; }
  bool Next(Status& out) noexcept;
  // By the clock of the receiver, in units of 64 ms: 24 bits that wrap.
  uint32_t reference() const { return reference_; }

 private:
  TransportFeedback(Bytes chunks, Bytes deltas, uint32_t reference, uint16_t first, uint16_t count)
      : chunks_(chunks), deltas_(deltas), reference_(reference), sequence_(first), left_(count) {}

  // What is said of the packet that is next in `chunk_`: 0 not received, 1 or 2 bytes of time, 3 nothing that is known.
  uint16_t Symbol() const noexcept;
  void ReadTime(uint16_t size, Status& out) noexcept;

  Bytes chunks_;
  Bytes deltas_;
  uint32_t reference_;
  int64_t ticks_ = 0;
  uint16_t chunk_ = 0;
  // Packets of `chunk_` that are still to come.
  uint16_t in_chunk_ = 0;
  uint16_t sequence_;
  uint16_t left_;
};

}  // namespace media
