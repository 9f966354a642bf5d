// Keeps the packets of a picture until its last one has come, so that each receiver can be sent them in one go. Nobody can
// show a picture before its last packet.
//
//   empty      nothing is kept
//   keeping    the packets of one picture so far, in order, none of them its last
//
// What is kept leaves with the packet that ends the picture (RTP's marker), is of another picture, or came out of order,
// as retransmissions do; with the eighth, and with one that comes later than two milliseconds. No clock runs meanwhile:
// where none of that comes the last of the picture is missing, and those that are kept are of no use to anybody.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "media/packet.h"

namespace media {

// Empty until the first picture of several packets.
//
// Not thread-safe; guarded by its track.
class FrameHold {
 public:
  // Packets that leave together. System calls are shared well by so many.
  static constexpr size_t kMost = 8;
  static constexpr int64_t kMostNs = 2'000'000;
  // Room for the payload of any packet that fits a path.
  static constexpr size_t kPayload = 1500;

  // Calls `forward` with what is to leave now, in order, `packet` perhaps among it: no more than twice.
  template <typename Forward>
  void Add(const MediaPacket& packet, Forward forward) noexcept {
    if (count_ > 0 && !IsSamePicture(packet)) {
      // Its numbers have no hole, so its last packet has come, and was not marked: this sender does not mark them.
      if (packet.newest && IsNext(packet)) marks_ends_ = false;
      Leave(forward);
    }
    if (MayWait(packet)) {
      Keep(packet);
    } else {
      Pass(packet, forward);
    }
  }

  // The same, but `packet` leaves now.
  template <typename Forward>
  void Pass(const MediaPacket& packet, Forward forward) noexcept {
    packets_[count_++] = packet;
    Leave(forward);
  }

 private:
  using Payload = std::array<uint8_t, kPayload>;

  const MediaPacket& last() const noexcept { return packets_[count_ - 1]; }
  bool IsSamePicture(const MediaPacket& packet) const noexcept {
    return packet.epoch == last().epoch && packet.rtp.timestamp == last().rtp.timestamp;
  }
  bool IsNext(const MediaPacket& packet) const noexcept {
    return packet.epoch == last().epoch && packet.rtp.sequence == static_cast<uint16_t>(last().rtp.sequence + 1);
  }
  bool MayWait(const MediaPacket& packet) const noexcept {
    if (!marks_ends_ || packet.rtp.marker || !packet.newest || packet.rtp.payload.size() > kPayload) return false;
    return count_ + 1 < kMost && (count_ == 0 || packet.arrival_ns - packets_[0].arrival_ns < kMostNs);
  }

  void Keep(const MediaPacket& packet) noexcept {
    if (!payloads_) payloads_ = std::make_unique_for_overwrite<std::array<Payload, kMost>>();
    const Bytes payload = packet.rtp.payload;
    uint8_t* const kept = (*payloads_)[count_].data();
    if (!payload.empty()) std::memcpy(kept, payload.data(), payload.size());
    packets_[count_] = packet;
    packets_[count_].rtp.payload = {kept, payload.size()};
    // Nobody reads them any more.
    packets_[count_].rtp.extensions = {};
    count_ += 1;
  }

  template <typename Forward>
  void Leave(Forward forward) noexcept {
    forward(std::span<const MediaPacket>(packets_.data(), count_));
    count_ = 0;
  }

  std::array<MediaPacket, kMost> packets_;
  size_t count_ = 0;
  std::unique_ptr<std::array<Payload, kMost>> payloads_;
  bool marks_ends_ = true;
};

}  // namespace media
