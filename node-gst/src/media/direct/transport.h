// What a DirectEgress sends on.
#pragma once
#include <cstddef>
#include <span>

#include "media/rtp.h"

namespace media {

// One per peer.
//
// Threads: any, several at once. Neither call waits for the network.
class Transport {
 public:
  virtual ~Transport() = default;
  // Encrypted. Returns how many were taken.
  virtual size_t SendRtp(std::span<const Bytes> packets) noexcept = 0;
  // A compound in plain text: all SRTCP of a peer is encrypted by its webrtcbin.
  virtual void SendRtcp(Bytes compound) noexcept = 0;
};

}  // namespace media
