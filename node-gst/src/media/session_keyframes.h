// Key frame requests by way of an RTP session.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <mutex>

#include "media/keyframe_sink.h"
#include "ref.h"

namespace media {

// Key frame requests to one publisher: a PLI of our own, beside the reports of its RTP session and on their way out.
// Asked for one, the session would let it wait for its next turn in the bandwidth that reports may take (RFC 4585 §3.5:
// a quarter of a second at 64 kbit/s, more with more streams), and it knows nothing of streams that do not pass it.
//
// Threads: RequestKeyframe on any thread; `mutex_` guards the reference and is not held while anything travels. What is
// pushed does not wait: the publisher's media has come in, so its DTLS is up, and sockets do not block.
class SessionKeyframeSink : public KeyframeSink {
 public:
  void RequestKeyframe(uint32_t ssrc, uint8_t payload_type) noexcept override;
  // The peer's rtpsession. Requests made before there is one go nowhere.
  void SetSession(GObjectRef<GstElement> session);
  void Clear() noexcept;

 private:
  std::mutex mutex_;
  GObjectRef<GstElement> session_;
};

}  // namespace media
