// The port that a direct reception shares with somebody else, and the threads that read it.
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <system_error>

#include "media/reception/receive_threads.h"
#include "media/reception/rtp_listener.h"
#include "reception_world.h"

namespace reception {
namespace {

using namespace media;

// A bound UDP socket on loopback, as libnice makes them.
class Socket {
 public:
  explicit Socket(int family, bool is_only = false) : fd_(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const int only = is_only;
    if (family == AF_INET6) setsockopt(fd_, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    sockaddr_in6 six{};
    sockaddr_in four{};
    six.sin6_family = AF_INET6;
    six.sin6_addr = in6addr_loopback;
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool is_six = family == AF_INET6;
    const auto* address = is_six ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
    Check(bind(fd_, address, is_six ? sizeof six : sizeof four) == 0, "port: bind");
    size_ = sizeof address_;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size_);
  }
  ~Socket() { close(fd_); }

  int fd() const { return fd_; }
  void SendTo(const Socket& other, Bytes bytes) const {
    Check(sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&other.address_), other.size_) ==
              static_cast<ssize_t>(bytes.size()),
          "port: sendto");
  }

 private:
  int fd_;
  sockaddr_storage address_{};
  socklen_t size_ = 0;
};

bool HasSomething(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return poll(&entry, 1, 0) == 1;
}

// Loopback delivers before sendto returns.
void CheckDivision(int family, bool is_only = false) {
  const Socket nice(family, is_only);
  const Socket client(family);
  DatagramBatch batch;
  std::array<uint8_t, 100> buffer;
  const Packet media[] = {{0x80, 111, 1}, {0x90, 0xE0, 1}, {0xBF, 63}, {0x80, 0xFF}, {0x81, 201}, {0x8F, 205}, {0x80}};
  const Packet others[] = {{0, 1, 0, 0}, {0x16, 0xFE, 0xFD}, {}, {0x40, 0}, {0x7F, 200}, {0xC0, 100}};
  {
    const RtpPort port(nice.fd());
    Check(port.IsBeside(nice.fd()) && !port.IsBeside(client.fd()), "port: beside");
    for (const Packet& packet : media) {
      client.SendTo(nice, packet);
      Check(!HasSomething(nice.fd()) && batch.Read(port.fd()) == 1, "port: media", packet[0]);
      const auto got = batch.At(0);
      Check(std::equal(got.begin(), got.end(), packet.begin(), packet.end()), "port: bytes", packet[0]);
    }
    for (const Packet& packet : others) {
      client.SendTo(nice, packet);
      Check(batch.Read(port.fd()) == 0, "port: no media", packet.empty() ? 0 : packet[0]);
      Check(recv(nice.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT) == static_cast<ssize_t>(packet.size()), "port: to the other");
    }
    for (size_t i = 0; i < DatagramBatch::kCount + 1; ++i) client.SendTo(nice, media[0]);
    Check(batch.Read(port.fd()) == DatagramBatch::kCount && batch.Read(port.fd()) == 1, "port: batches");
    client.SendTo(nice, Packet(DatagramBatch::kMaxSize + 1, 0x80));
    Check(batch.Read(port.fd()) == 1 && batch.At(0).empty(), "port: too large");
    // Others without a share are refused.
    bool refused = false;
    try {
      const RtpPort none(-1);
    } catch (const std::system_error&) {
      refused = true;
    }
    Check(refused, "port: of nothing");
  }
  client.SendTo(nice, media[0]);
  Check(recv(nice.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT) == 3, "port: after its end");
}

template <class Condition>
void Until(Condition condition, const char* what) {
  for (int i = 0; !condition(); ++i) {
    Check(i < 3000, what);
    poll(nullptr, 0, 10);
  }
}

struct NoSocket {
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ~NoSocket() { close(fd); }
};

// Peers that are heard by themselves, on ports that come and go.
void CheckListeners() {
  Random random;
  const NoSocket no_socket;
  for (uint32_t round = 0; round < 30; ++round) {
    World world;
    world.Start();
    const Socket first(AF_INET);
    const Socket second(AF_INET6);
    const Socket client(AF_INET);
    const Socket client6(AF_INET6);
    Publisher publisher;
    const auto in = [&] { return world.counters->packets_in.Get(); };
    {
      RtpListener listener(world.reception, std::make_shared<HandClock>());
      Check(!listener.has_port(), "listener: nothing yet");
      listener.Follow(first.fd());
      listener.Follow(first.fd());
      Check(listener.has_port(), "listener: a port");
      for (int i = 0; i < 40; ++i) client.SendTo(first, publisher.Video(random, 0));
      Until([&] { return in() == 40; }, "listener: all came");
      listener.Follow(second.fd());
      for (int i = 0; i < 40; ++i) client6.SendTo(second, publisher.Video(random, 0));
      Until([&] { return in() == 80; }, "listener: all came on the other");
      client.SendTo(first, publisher.Video(random, 0));
      Check(HasSomething(first.fd()), "listener: left the first");
      listener.Follow(-1);
      Check(!listener.has_port() && listener.refusal().empty(), "listener: none");
      listener.Follow(no_socket.fd);
      Check(!listener.has_port() && listener.refusal().starts_with("getsockname: "), "listener: refused");
      listener.Follow(second.fd());
      Check(listener.has_port() && listener.refusal().empty(), "listener: not refused any more");
      for (int i = 0; i < 200; ++i) client6.SendTo(second, publisher.Video(random, 0));
      if (round % 2 == 0) listener.Close();
      listener.Follow(round % 2 == 0 ? first.fd() : -1);
      Check(!listener.has_port(), "listener: closed");
    }
  }
}

}  // namespace

void CheckPorts() {
  CheckDivision(AF_INET);
  for (const bool is_only : {false, true}) CheckDivision(AF_INET6, is_only);
  CheckListeners();
}

}  // namespace reception
