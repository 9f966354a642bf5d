// Packets that leave together: one system call for all that a thread has for one peer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "media/direct/transport.h"

namespace media {

// What is sent on a thread while one of these exists there waits in it, and leaves at the end of the outermost, or when
// that is full. Whoever handles several packets at a time opens one around them all.
//
// Threads: of the one that opened it, which keeps the memory for the next time.
class SendBurst {
 public:
  static constexpr size_t kPackets = 256;
  // Room for any packet that fits a path, encrypted.
  static constexpr size_t kPacketSize = 1600;
  using Buffer = std::span<uint8_t, kPacketSize>;

  SendBurst();
  ~SendBurst();
  SendBurst(const SendBurst&) = delete;
  SendBurst& operator=(const SendBurst&) = delete;

  // Room for the next packet, which counts once it is added.
  Buffer Next() noexcept;
  // The first `size` bytes of what Next() gave.
  void Add(const std::shared_ptr<Transport>& transport, size_t size) noexcept;

 private:
  const bool is_outermost_;
};

}  // namespace media
