// The transport of a peer whose ICE and DTLS are webrtcbin's.
#pragma once
#include <agent.h>
#include <gst/gst.h>

#include <functional>
#include <memory>
#include <mutex>

#include "media/counters.h"
#include "media/direct/transport.h"
#include "media/direct/udp_path.h"
#include "ref.h"

namespace media {

// One component of an ICE agent.
struct IceComponent {
  GObjectRef<NiceAgent> agent;
  guint stream = 0;
  guint component = 0;
};

// RTP goes to the socket of the selected pair itself; where the pair is a relay's or TCP, libnice sends it. RTCP goes
// through the peer's rtpsession, behind which webrtcbin encrypts it.
//
// Threads: any. Locks: `mutex_` guards the pointer to the path, which is replaced when ICE selects another pair, on libnice's
// thread. `find_mutex_` is taken before it, and held while a path is found, also over OnSocket; never by who sends.
class NiceTransport : public Transport {
 public:
  // Told the socket of the selected pair, and of each one after it; -1 where libnice has to send. Any thread.
  using OnSocket = std::function<void(int fd)>;

  // `counters` is told of packets that were not taken. Call once a pair is selected.
  static std::shared_ptr<NiceTransport> Make(IceComponent ice, GObjectRef<GstElement> session,
                                             std::shared_ptr<Counters> counters, OnSocket on_socket);
  ~NiceTransport() override;

  size_t SendRtp(std::span<const Bytes> packets) noexcept override;
  void SendRtcp(Bytes compound) noexcept override;

 private:
  NiceTransport(IceComponent ice, GObjectRef<GstElement> session, std::shared_ptr<Counters> counters, OnSocket on_socket);
  static void OnNewPair(NiceAgent*, guint stream, guint component, NiceCandidate* local, NiceCandidate* remote,
                        gpointer data);
  void FindPath() noexcept;
  std::shared_ptr<UdpPath> Path() noexcept;

  const IceComponent ice_;
  const GObjectRef<GstElement> session_;
  const std::shared_ptr<Counters> counters_;
  const OnSocket on_socket_;
  gulong handler_ = 0;

  std::mutex find_mutex_;
  std::mutex mutex_;
  // Null where libnice has to send.
  std::shared_ptr<UdpPath> path_;
};

}  // namespace media
