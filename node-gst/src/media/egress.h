// The way out of a peer's slots. Implementations: into webrtcbin's sink pads, past them, into a tap, and a list in memory for
// tests.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "media/direct/receiver_figures.h"
#include "media/rtp.h"

namespace media {

// A rewritten packet in two pieces, so that the egress copies the payload exactly once, into its own buffer: first
// `head`, then `payload`. Valid during the call only.
struct OutPacket {
  static constexpr size_t kHeadCapacity = 160;

  // RTP header with one CSRC, header extensions, and the VP8 payload descriptor where there is one.
  std::array<uint8_t, kHeadCapacity> head;
  size_t head_size = 0;
  // Where in `head` the transport-wide number belongs, two bytes that whoever sends on the transport fills in; 0: nowhere.
  size_t transport_cc_at = 0;
  const uint8_t* payload = nullptr;
  size_t payload_size = 0;
  // When the media was captured, on the server's clock; never later than its arrival here.
  int64_t capture_ns = 0;
  // What its timestamp stands for, on the same clock: `capture_ns`, or later for a moment after a switch. What a sender
  // report is computed from.
  int64_t timestamp_ns = 0;
  // The section of the receiver's offer.
  uint32_t mline = 0;

  size_t size() const { return head_size + payload_size; }
};

// What an egress took of what it was given.
struct Taken {
  size_t packets = 0;
  size_t bytes = 0;

  void Add(const OutPacket& packet) noexcept {
    packets += 1;
    bytes += packet.size();
  }
};

// One per receiving peer, shared by its slots.
//
// Threads: Send() is called on the streaming threads of publishers, on several at once, with no lock of this library
// held. A call may still be under way, or come late, after the slot was detached or closed: an egress that cannot send
// any more returns false. The last to let go of it may be such a call: the destructor may run on a streaming thread of a
// publisher.
class Egress {
 public:
  virtual ~Egress() = default;
  // False where the packet was not taken; it is counted as dropped.
  virtual bool Send(const OutPacket& packet) noexcept = 0;
  // Several of one slot, in order.
  virtual Taken SendAll(std::span<const OutPacket> packets) noexcept {
    Taken taken;
    for (const OutPacket& packet : packets) {
      if (Send(packet)) taken.Add(packet);
    }
    return taken;
  }
  // Whether several cost less than as many one by one.
  virtual bool GainsByBursts() const noexcept { return false; }
  // A decrypted compound of the receiver, on its streaming thread, as it arrived at `now_ns`.
  virtual void OnRtcp([[maybe_unused]] Bytes compound, [[maybe_unused]] int64_t now_ns) noexcept {}
  // What the receiver says of what it is sent. Any thread.
  virtual ReceiverFigures Figures() noexcept { return {}; }
  // Nothing is taken any more. Idempotent.
  virtual void Close() noexcept {}
};

}  // namespace media
