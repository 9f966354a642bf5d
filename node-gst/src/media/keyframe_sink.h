// Where key frame requests to a publisher leave the core.
#pragma once
#include <cstdint>

namespace media {

// One per publishing peer, shared by its tracks.
//
// Threads: called on any thread (streaming threads of this publisher and of receivers, the JS thread), on several at
// once, with no lock of this library held. After PeerCore::Close() no new call begins; one under way may still finish.
// The core lets go of it as it does of an Egress: the destructor may run on any thread.
class KeyframeSink {
 public:
  virtual ~KeyframeSink() = default;
  // Asks the sender of `ssrc` for a key frame. Already throttled and merged.
  virtual void RequestKeyframe(uint32_t ssrc, uint8_t payload_type) noexcept = 0;
};

}  // namespace media
