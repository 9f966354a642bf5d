// Egress through the sink pads of a webrtcbin, which does SRTP, reports and retransmission.
#pragma once
#include <gst/gst.h>

#include <vector>

#include "media/egress.h"
#include "ref.h"
#include "media/options.h"

namespace media {

// One src pad of ours per slot:
//
//   slot ──► pad (ours) ──► sink_<m-line> ─ clocksync ─ fec ─ funnel ─ rtx ─ rtpsession ─ dtlssrtpenc ─ nicesink
//            └───────────────────────────── webrtcbin ─────────────────────────────┘
//
// The buffers' time stamps are capture times on the clock all pipelines share, which the session's sender reports are
// computed from.
//
// Ownership: the pads are ours. The sink pads are webrtcbin's and only linked to.
//
// Threads: Send on the streaming threads of publishers, several at once; the stream lock of the sink pad puts them in
// order. The constructor and Close on the JS thread. No locks of its own: the list of pads is fixed for life, and a pad
// that Close made flushing refuses what still comes.
class WebrtcbinEgress : public Egress {
 public:
  // Links to `sink_<mline>` of `webrtcbin` for each slot. A slot without such a pad, or one already linked, is left
  // unlinked: everything sent to it is refused.
  WebrtcbinEgress(GstElement* webrtcbin, const std::vector<SlotOptions>& slots);
  ~WebrtcbinEgress() override;

  bool Send(const OutPacket& packet) noexcept override;

  // Unlinks the pads; from now on pushes are refused. Idempotent. One under way ends with webrtcbin going to NULL.
  void Close() noexcept override;

 private:
  struct Port {
    uint32_t mline;
    GObjectRef<GstPad> pad;
  };
  std::vector<Port> ports_;
};

}  // namespace media
