// Encrypted packets that wait to leave, one behind the other.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "media/rtp.h"

namespace media {

// Its memory grows to what once waited, and stays.
//
// Not thread-safe.
class Outbox {
 public:
  // More than what comes in at once for one receiver, but for the largest of key frames.
  static constexpr size_t kMost = 256;
  // Room for any packet that fits a path, encrypted.
  static constexpr size_t kPacketSize = 1600;
  using Buffer = std::span<uint8_t, kPacketSize>;

  bool empty() const noexcept { return count_ == 0; }
  // For so many packets more.
  size_t room() const noexcept { return kMost - count_; }

  // Room for the next packet, which counts once it is added. Only where there is room.
  Buffer Next() {
    if (bytes_.size() < used_ + kPacketSize) bytes_.resize(used_ + kPacketSize);
    return Buffer(bytes_.data() + used_, kPacketSize);
  }
  // The first `size` bytes of what Next() gave.
  void Add(size_t size) noexcept {
    sizes_[count_++] = static_cast<uint16_t>(size);
    used_ += size;
  }

  // Calls `send` with all of them, in order, and forgets them.
  template <typename Send>
  void Leave(Send send) {
    std::array<Bytes, kMost> packets;
    const uint8_t* at = bytes_.data();
    for (size_t i = 0; i < count_; at += sizes_[i++]) packets[i] = Bytes(at, sizes_[i]);
    send(std::span<const Bytes>(packets.data(), count_));
    count_ = 0;
    used_ = 0;
  }

 private:
  std::vector<uint8_t> bytes_;
  std::array<uint16_t, kMost> sizes_;
  size_t count_ = 0;
  size_t used_ = 0;
};

}  // namespace media
