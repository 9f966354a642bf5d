// Answers a receiver that asks again for what a slot sent: in a stream of its own where one was negotiated (RFC 4588),
// else by the same packet once more.
#pragma once
#include <cstdint>
#include <span>

#include "media/direct/packet_history.h"
#include "media/rtp.h"

namespace media {

// One per slot whose receiver asks (nack). What it can be made to send is bounded: each packet again only after the
// receiver can have missed it once more, and all together a part of what the slot sends anyway.
//
// Not thread-safe; guarded by its egress.
class Retransmitter {
 public:
  // A request may wait in the receiver for this part of the time there and back, and no less than the second.
  static constexpr int64_t kPaceNumerator = 3;
  static constexpr int64_t kPaceDenominator = 4;
  static constexpr int64_t kMinPaceNs = 10'000'000;
  // What the receiver says of that time is not believed beyond this; it is assumed while nothing is known.
  static constexpr int64_t kMaxPaceNs = 300'000'000;
  static constexpr int64_t kUnknownPaceNs = 20'000'000;
  // A packet is kept for so many times there and back: what asks for it or what answers may be lost, too, and more than once.
  static constexpr int64_t kTries = 5;
  // Half of what is sent may be sent again, which is more than a way that loses a third of everything needs. At once no
  // more than a burst, the largest key frames.
  static constexpr int64_t kShare = 2;
  static constexpr int64_t kMaxBurstBytes = 128 * 1024;

  // What is larger than any datagram of media is not remembered.
  static constexpr size_t kMaxPacketSize = 2048;

  // `first_sequence` of the stream of resends; below 32768, as for every SRTP stream (RFC 3711 §3.3.1).
  explicit Retransmitter(uint16_t first_sequence) : next_sequence_(first_sequence) {}

  // The stream of resends. Once, before the first Remember.
  void SetRepair(uint32_t ssrc, uint8_t payload_type) noexcept;
  bool has_repair() const noexcept { return ssrc_ != 0; }

  // What went out: with a stream of resends the packet in plain text, else as it was encrypted, for its number must
  // never be encrypted anew.
  void Remember(uint16_t sequence, Bytes packet, int64_t now_ns) noexcept;

  // Writes what answers a request for `sequence`: a packet of the stream of resends in plain text, its header extensions
  // as they were, else what was remembered. Returns its size; 0 where it is not there any more, was sent again a moment
  // ago, or too much was. `out` has room for two bytes more than any packet.
  size_t Answer(uint16_t sequence, int64_t now_ns, std::span<uint8_t> out) noexcept;

  // The time there and back; negative where it is not known.
  void SetRtt(int64_t rtt_ns) noexcept;

 private:
  size_t WriteRepair(uint16_t sequence, Bytes packet, std::span<uint8_t> out) noexcept;

  PacketHistory history_;
  uint32_t ssrc_ = 0;
  uint8_t payload_type_ = 0;
  uint16_t next_sequence_;
  int64_t pace_ns_ = kUnknownPaceNs;
  // How many bytes may be sent again now.
  int64_t allowance_ = kMaxBurstBytes;
};

}  // namespace media
