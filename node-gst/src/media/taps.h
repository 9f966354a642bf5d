// Where the core is connected to the inside of a webrtcbin.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "media/clock.h"
#include "media/direct/nice_transport.h"
#include "media/repairs.h"
#include "media/session_keyframes.h"
#include "media/sources.h"
#include "ref.h"

namespace media {

class DirectReception;
class PeerCore;

// The clock of all pipelines: GStreamer's monotonic system clock, with base time 0.
class SystemClock : public Clock {
 public:
  int64_t Now() const noexcept override { return static_cast<int64_t>(gst_util_get_timestamp()); }
};

// What was found inside of a webrtcbin; null where it was not, and once the taps are closed.
struct Inside {
  IceComponent ice;
  GObjectRef<GstElement> dtlsdec;
  GObjectRef<GstElement> dtlsenc;
  GObjectRef<GstElement> rtpbin;
  GObjectRef<GstElement> rtprtxreceive;
  GObjectRef<GstElement> rtprtxsend;
  GObjectRef<GstElement> rtpsession;
};

// Probes and settings on webrtcbin's inner elements. They can only be reached when they are made (`deep-element-added`)
// and are known by the names of their factories:
//
//   nicesrc ─[0]─ queue ─ dtlssrtpdec ─┬─ RTP ────► rtpsession ─ rtprtxreceive ─ rtpreddec ─ rtpstorage ─[1]─► rtpssrcdemux
//                                  └─ RTCP ─[2]─► rtpsession ─ sync_src ────────────────────────────[3]─► rtpssrcdemux
//
//   [0] nicesrc:src                datagrams; with a reception, RTP and RTCP end here             → DirectReception
//   [1] rtpssrcdemux:sink          RTP, recovered packets included, on its way to the jitterbuffers → Ingest::OnRtp
//   [2] rtpsession:recv_rtcp_sink  RTCP in plaintext                                              → PeerCore::OnRtcp
//   [3] rtpssrcdemux:rtcp_sink     sender reports on their way to the jitterbuffers               → Ingest::OnSenderReport
//
// Settings: clocksync passes packets on at once (they come in real time), rtpbin makes sender reports from capture
// times, dtlssrtpenc waits for no time stamp. Jitterbuffers, which only video gets, ask for what is missing: webrtcbin 1.22
// gives each the setting of whichever section of the bundle was last told of an SSRC, so that audio behind video in the
// offer would switch it off.
//
// Ownership: the handler on webrtcbin and every probe share one State, which holds the core. Close disconnects the
// handlers; the probes drop everything from then on and end with their pads.
//
// Threads: the methods on the JS thread; elements are added on webrtcbin's own thread; probes run on its streaming
// threads. State's mutex guards its lists and is not held while anything else is called.
class Taps {
 public:
  // With a `reception` RTP and RTCP pass webrtcbin by: nothing gets to [1], [2] and [3].
  Taps(GstElement* webrtcbin, std::shared_ptr<PeerCore> core, std::shared_ptr<SessionKeyframeSink> keyframes,
       std::shared_ptr<DirectReception> reception);
  ~Taps();
  Taps(const Taps&) = delete;
  Taps& operator=(const Taps&) = delete;

  // Nothing that comes is read or let through any more. Idempotent. A probe under way finishes.
  void Close() noexcept;

  // Tells the other side that the transport ends: a DTLS close_notify, which dtlsenc sends at the end of its stream and
  // not on its way to NULL (1.22, 1.26). It leaves on dtlsenc's own thread, a moment later. Call before Close.
  void CloseTransport() noexcept;
  // Whether it has come out of dtlsenc, on its way to the socket.
  bool CloseNotifySent() const noexcept;

  Inside Found() const;
  // Factory names of the inner elements that were found, sorted, each once.
  std::vector<std::string> Hooks() const;

  // What the RTP session and the retransmission elements have counted; after Close what they had counted by then. The
  // session is asked on the calling thread: ask every few seconds.
  Repairs ReadRepairs() const;
  // What the RTP session counts of each stream of the peer's; nothing after Close. As above: every few seconds.
  std::vector<SourceFigures> ReadSources() const;

  // Marks every packet that leaves by the socket of this peer. Does nothing before there is an ICE stream.
  void SetDscp(int dscp);

  // Milliseconds since a datagram came in on the socket of the selected ICE pair; -1 while there is none. The kernel is
  // asked for the time stamp of the socket's last datagram, as libnice tells nobody of STUN. What counts is when that
  // stamp was last seen to change, so setting the wall clock does no harm; ask every few seconds.
  int64_t IdleMs();

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace media
