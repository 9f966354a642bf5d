// Selects one remote address, and another one just while a NiceTransport finds its path to the first; prints which of the two
// gets what is sent then. Before that ICE selects both by turns on two threads while a third one sends: for a sanitizer.
#include "media/direct/nice_transport.h"

#include <arpa/inet.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>

namespace {

using namespace std::chrono_literals;

constexpr int kTurns = 500;

[[noreturn]] void Fail(const char* what) {
  std::puts(what);
  std::exit(1);
}

// A UDP socket, as a remote candidate.
class Remote {
 public:
  explicit Remote(guint stream) : fd_(socket(AF_INET, SOCK_DGRAM, 0)), candidate_(nice_candidate_new(NICE_CANDIDATE_TYPE_HOST)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (bind(fd_, any, size) != 0 || getsockname(fd_, any, &size) != 0) Fail("no socket");
    nice_address_set_from_sockaddr(&candidate_->addr, any);
    candidate_->stream_id = stream;
    candidate_->component_id = 1;
    candidate_->transport = NICE_CANDIDATE_TRANSPORT_UDP;
  }
  ~Remote() {
    nice_candidate_free(candidate_);
    close(fd_);
  }

  void Select(NiceAgent* agent) {
    if (!nice_agent_set_selected_remote_candidate(agent, candidate_->stream_id, 1, candidate_)) Fail("not selected");
  }
  int fd() const { return fd_; }

 private:
  int fd_;
  NiceCandidate* candidate_;
};

// What happens once a path is found and before it is used: ICE selects another remote address. That is not waited for where
// it waits itself until the path is used.
class Interruption {
 public:
  Interruption(NiceAgent* agent, Remote& next) : agent_(agent), next_(next) {}

  void OnSocket(int) {
    if (began_.exchange(true)) return;
    selecting_ = std::async(std::launch::async, [this] { next_.Select(agent_); });
    selecting_.wait_for(300ms);
  }
  void Join() { selecting_.get(); }

 private:
  NiceAgent* const agent_;
  Remote& next_;
  std::atomic<bool> began_{false};
  std::future<void> selecting_;
};

std::shared_ptr<media::NiceTransport> TransportOf(const GObjectRef<NiceAgent>& agent, guint stream,
                                                  media::NiceTransport::OnSocket on_socket) {
  return media::NiceTransport::Make({agent, stream, 1}, {}, std::make_shared<media::Counters>(), std::move(on_socket));
}

void Send(media::NiceTransport& transport) {
  const uint8_t byte = 128;
  const media::Bytes packet(&byte, 1);
  transport.SendRtp({&packet, 1});
}

void Contend(const GObjectRef<NiceAgent>& agent, guint stream, Remote& first, Remote& second) {
  const auto transport = TransportOf(agent, stream, [](int) {});
  const auto select = [&agent](Remote& remote) {
    for (int turn = 0; turn < kTurns; ++turn) remote.Select(agent.get());
  };
  const auto one = std::async(std::launch::async, select, std::ref(first));
  const auto other = std::async(std::launch::async, select, std::ref(second));
  for (int turn = 0; turn < kTurns; ++turn) Send(*transport);
}

// So that nothing arrives that was sent before.
void Empty(const Remote& remote) {
  uint8_t byte;
  while (recv(remote.fd(), &byte, 1, MSG_DONTWAIT) >= 0) {
  }
}

}  // namespace

int main() {
  const auto agent = GObjectRef<NiceAgent>::Take(nice_agent_new(nullptr, NICE_COMPATIBILITY_RFC5245));
  g_object_set(agent.get(), "upnp", FALSE, "ice-tcp", FALSE, nullptr);
  NiceAddress here;
  nice_address_init(&here);
  nice_address_set_from_string(&here, "127.0.0.1");
  nice_agent_add_local_address(agent.get(), &here);
  const guint stream = nice_agent_add_stream(agent.get(), 1);
  if (!nice_agent_gather_candidates(agent.get(), stream)) Fail("no candidates");

  Remote first(stream), second(stream);
  first.Select(agent.get());
  Contend(agent, stream, first, second);
  for (const Remote* remote : {&first, &second}) Empty(*remote);

  first.Select(agent.get());
  Interruption interruption(agent.get(), second);
  const auto transport = TransportOf(agent, stream, [&](int fd) { interruption.OnSocket(fd); });
  interruption.Join();

  Send(*transport);
  pollfd sockets[] = {{first.fd(), POLLIN, 0}, {second.fd(), POLLIN, 0}};
  poll(sockets, 2, 1'000);
  std::puts(sockets[0].revents != 0 ? "the first" : sockets[1].revents != 0 ? "the second" : "nobody");
}
