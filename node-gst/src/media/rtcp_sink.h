// Where RTCP of our own leaves the core.
#pragma once
#include "media/rtp.h"

namespace media {

// One per peer.
//
// Threads: any, several at once. Does not wait for the network.
class RtcpSink {
 public:
  virtual ~RtcpSink() = default;
  // A compound in plain text: all SRTCP of a peer is encrypted by its webrtcbin.
  virtual void SendRtcp(Bytes compound) noexcept = 0;
};

}  // namespace media
