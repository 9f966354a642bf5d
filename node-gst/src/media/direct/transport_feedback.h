// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): which packets of
// a transport arrived. When they did is not read. Pure; no threads, no allocation.
#pragma once
#include <cstdint>
#include <optional>

#include "media/rtcp.h"

namespace media {

inline constexpr uint8_t kTransportWideFeedback = 15;

// Walks the packets that one feedback message tells of, in the order of their numbers.
class TransportFeedback {
 public:
  struct Status {
    uint16_t sequence = 0;
    bool received = false;
  };

  // Nothing where the packet is no such feedback, or its chunks do not cover the packets it says it tells of.
  static std::optional<TransportFeedback> Of(const RtcpPacket& packet) noexcept;

  // How many packets it tells of.
  uint16_t count() const { return left_; }
  bool Next(Status& out) noexcept;

 private:
  TransportFeedback(Bytes chunks, uint16_t first, uint16_t count) : chunks_(chunks), sequence_(first), left_(count) {}

  Bytes chunks_;
  uint16_t chunk_ = 0;
  // Packets of `chunk_` that are still to come.
  uint16_t in_chunk_ = 0;
  uint16_t sequence_;
  uint16_t left_;
};

}  // namespace media
