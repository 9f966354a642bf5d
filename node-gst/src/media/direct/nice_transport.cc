#include "media/direct/nice_transport.h"

#include <exception>

#include "media/session_rtcp.h"

namespace media {
namespace {

using TransportPtr = std::weak_ptr<NiceTransport>;

void FreePointer(gpointer data, GClosure*) { delete static_cast<TransportPtr*>(data); }

}  // namespace

std::shared_ptr<NiceTransport> NiceTransport::Make(IceComponent ice, GObjectRef<GstElement> session,
                                                   std::shared_ptr<Counters> counters, OnSocket on_socket) {
  std::shared_ptr<NiceTransport> made(
      new NiceTransport(std::move(ice), std::move(session), std::move(counters), std::move(on_socket)));
  NiceAgent* const agent = made->ice_.agent.get();
  // Connected first, so that no change is missed.
  made->handler_ = g_signal_connect_data(agent, "new-selected-pair-full", G_CALLBACK(OnNewPair), new TransportPtr(made),
                                         FreePointer, GConnectFlags(0));
  made->FindPath();
  return made;
}

NiceTransport::NiceTransport(IceComponent ice, GObjectRef<GstElement> session, std::shared_ptr<Counters> counters,
                             OnSocket on_socket)
    : ice_(std::move(ice)),
      session_(std::move(session)),
      counters_(std::move(counters)),
      on_socket_(std::move(on_socket)) {}

NiceTransport::~NiceTransport() { g_signal_handler_disconnect(ice_.agent.get(), handler_); }

void NiceTransport::OnNewPair(NiceAgent*, guint stream, guint component, NiceCandidate*, NiceCandidate*, gpointer data) {
  const auto self = static_cast<TransportPtr*>(data)->lock();
  if (self && stream == self->ice_.stream && component == self->ice_.component) self->FindPath();
}

// The pair is asked for here and not taken from whoever calls: of two threads that find a path at the same time, the one
// that comes later has the later pair. libnice gives the socket of UDP pairs only, and none of a relay's.
void NiceTransport::FindPath() noexcept {
  NiceAgent* const agent = ice_.agent.get();
  const std::lock_guard turn(find_mutex_);
  NiceCandidate* local = nullptr;
  NiceCandidate* remote = nullptr;
  if (!nice_agent_get_selected_pair(agent, ice_.stream, ice_.component, &local, &remote)) return;
  const auto socket = GObjectRef<GSocket>::Take(nice_agent_get_selected_socket(agent, ice_.stream, ice_.component));
  std::shared_ptr<UdpPath> path;
  if (socket) {
    sockaddr_storage address{};
    nice_address_copy_to_sockaddr(&remote->addr, reinterpret_cast<sockaddr*>(&address));
    try {
      path = std::make_shared<UdpPath>(g_socket_get_fd(socket.get()), address);
    } catch (const std::exception&) {
      // Out of descriptors: libnice has one.
    }
  }
  on_socket_(socket ? g_socket_get_fd(socket.get()) : -1);
  const std::lock_guard lock(mutex_);
  path_.swap(path);
}

std::shared_ptr<UdpPath> NiceTransport::Path() noexcept {
  const std::lock_guard lock(mutex_);
  return path_;
}

size_t NiceTransport::SendRtp(std::span<const Bytes> packets) noexcept {
  size_t taken = 0;
  if (const auto path = Path()) {
    taken = path->Send(packets);
  } else {
    for (const Bytes packet : packets) {
      const gint sent = nice_agent_send(ice_.agent.get(), ice_.stream, ice_.component, static_cast<guint>(packet.size()),
                                        reinterpret_cast<const gchar*>(packet.data()));
      if (sent > 0) taken += 1;
    }
  }
  if (taken < packets.size()) counters_->dropped.egress.Add(packets.size() - taken);
  return taken;
}

void NiceTransport::SendRtcp(Bytes compound) noexcept { PushRtcp(session_.get(), compound); }

}  // namespace media
