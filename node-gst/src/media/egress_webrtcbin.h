// Egress through the sink pads of a webrtcbin, which does SRTP, reports and retransmission.
#pragma once
#include <gst/gst.h>

#include <mutex>
#include <vector>

#include "media/direct/transport_log.h"
#include "media/egress.h"
#include "ref.h"
#include "media/options.h"
#include "media/report_reader.h"

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
// order. OnRtcp on that of the receiver. The constructor, Figures and Close on the JS thread. The list of pads is fixed for
// life, and a pad that Close made flushing refuses what still comes.
// Locks: `mutex_` is held while reports are read, and asked about.
class WebrtcbinEgress : public Egress {
 public:
  // Links to `sink_<mline>` of `webrtcbin` for each slot. A slot without such a pad, or one already linked, is left
  // unlinked: everything sent to it is refused.
  WebrtcbinEgress(GstElement* webrtcbin, const std::vector<SlotOptions>& slots);
  ~WebrtcbinEgress() override;

  bool Send(const OutPacket& packet) noexcept override;
  // What webrtcbin's session keeps of report blocks depends on its version: in 1.22 the last one of each receiver, whatever
  // it is about. Here all are read.
  void OnRtcp(Bytes compound, int64_t now_ns) noexcept override;
  // By report blocks, and transport-wide feedback on what the session numbered; after Close the last.
  ReceiverFigures Figures() noexcept override;

  // Unlinks the pads; from now on pushes are refused. Idempotent. One under way ends with webrtcbin going to NULL.
  void Close() noexcept override;

 private:
  struct Port {
    uint32_t mline;
    GObjectRef<GstPad> pad;
  };
  std::vector<Port> ports_;

  std::mutex mutex_;
  ReportReader reports_;
  TransportLog log_;
};

}  // namespace media
