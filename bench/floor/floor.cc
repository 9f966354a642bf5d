// The least that forwarding can cost: one thread that receives, decrypts, and for each receiver rewrites, encrypts and
// sends. No ICE, no RTCP, no choice of who is heard. A child process sends and drains, so only the loop's time is counted.
//
// Usage: floor <publishers> <receivers of each> <period, µs> <packets each period> <size> <seconds>
// Prints {"forwarded": packets, "cpuUs": CPU time of the loop, "received": packets that came in}.
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <system_error>
#include <vector>

#include "media/direct/srtp_cipher.h"
#include "media/direct/srtp_protector.h"

namespace {

using media::SrtpCipher;
using media::SrtpProtector;

constexpr size_t kBuffer = 1600;
constexpr uint32_t kSsrc = 0x1000;

struct Load {
  int publishers;
  int receivers;
  int64_t period_us;
  int packets;
  size_t size;
  double seconds;
};

void Check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

int64_t NowUs(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * int64_t{1'000'000} + now.tv_nsec / 1'000;
}

struct Socket {
  int fd;
  sockaddr_in address;
};

Socket Bind() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  Check(fd, "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Check(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  socklen_t size = sizeof address;
  Check(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return {fd, address};
}

std::vector<Socket> Bind(int count) {
  std::vector<Socket> sockets;
  for (int i = 0; i < count; ++i) sockets.push_back(Bind());
  return sockets;
}

std::array<uint8_t, media::kSrtpMasterSize> Master(int who) {
  std::array<uint8_t, media::kSrtpMasterSize> master;
  master.fill(static_cast<uint8_t>(who + 1));
  return master;
}

std::deque<SrtpProtector> Protectors(int count) {
  std::deque<SrtpProtector> protectors;
  for (int i = 0; i < count; ++i) protectors.emplace_back(Master(i), std::span(&kSsrc, 1));
  return protectors;
}

std::vector<pollfd> Polled(const std::vector<Socket>& sockets) {
  std::vector<pollfd> polled;
  for (const Socket& each : sockets) polled.push_back({each.fd, POLLIN, 0});
  return polled;
}

void Send(int fd, const uint8_t* packet, size_t size, const sockaddr_in& to) {
  // What the kernel does not take is lost, as on any way.
  sendto(fd, packet, size, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

// The child: publishers, spread over the period, and receivers that read and forget. Never returns.
[[noreturn]] void Drive(const Load& load, const std::vector<Socket>& ins, const std::vector<Socket>& sinks) {
  const Socket own = Bind();
  std::deque<SrtpProtector> protectors = Protectors(load.publishers);
  std::vector<int64_t> due(static_cast<size_t>(load.publishers));
  const int64_t start = NowUs(CLOCK_MONOTONIC);
  for (size_t i = 0; i < due.size(); ++i) due[i] = start + static_cast<int64_t>(i) * load.period_us / load.publishers;
  std::vector<pollfd> polled = Polled(sinks);
  std::vector<uint32_t> counts(due.size());
  std::array<uint8_t, kBuffer> packet{};
  for (;;) {
    const int64_t now = NowUs(CLOCK_MONOTONIC);
    for (size_t i = 0; i < due.size(); ++i) {
      if (due[i] > now) continue;
      due[i] += load.period_us;
      for (int n = 0; n < load.packets; ++n) {
        packet[0] = 0x80;
        packet[1] = 96;
        media::WriteU16(&packet[2], static_cast<uint16_t>(counts[i]++));
        media::WriteU32(&packet[4], counts[i] * 960);
        media::WriteU32(&packet[8], kSsrc);
        Send(own.fd, packet.data(), protectors[i].Protect(packet, load.size), ins[i].address);
      }
    }
    poll(polled.data(), polled.size(), 1);
    for (const pollfd& each : polled) {
      if ((each.revents & POLLIN) == 0) continue;
      std::array<uint8_t, kBuffer> sunk;
      while (recv(each.fd, sunk.data(), sunk.size(), 0) > 0) {
      }
    }
  }
}

// Of one publisher: his key, and those of who hears him.
struct Route {
  Route(int publisher, const Load& load)
      : from(media::SrtpSessionKeys(Master(publisher))), to(Protectors(load.receivers)) {}

  // Decrypts in place; returns the size without the tag, 0 where the packet is not his.
  size_t Unprotect(std::span<uint8_t> packet) {
    if (packet.size() < 12 + media::kSrtpTagSize) return 0;
    const size_t size = packet.size() - media::kSrtpTagSize;
    const auto estimated = index.Estimate(media::ReadU16(&packet[2]));
    if (!estimated) return 0;
    const auto tag = from.Authenticate(packet.first(size), static_cast<uint32_t>(*estimated >> 16));
    if (std::memcmp(tag.data(), &packet[size], tag.size()) != 0) return 0;
    index.Use(*estimated);
    from.Crypt(media::ReadU32(&packet[8]), *estimated, packet.subspan(12, size - 12));
    return size;
  }

  SrtpCipher from;
  media::SrtpIndex index;
  std::deque<SrtpProtector> to;
};

struct Result {
  int64_t forwarded = 0;
  int64_t received = 0;
};

void Forward(Route& route, std::span<uint8_t> packet, const std::vector<Socket>& outs, size_t first,
             const std::vector<Socket>& sinks, Result& result) {
  const size_t size = route.Unprotect(packet);
  if (size == 0) return;
  ++result.received;
  for (size_t i = 0; i < route.to.size(); ++i) {
    std::array<uint8_t, kBuffer> copy;
    std::memcpy(copy.data(), packet.data(), size);
    media::WriteU32(&copy[4], media::ReadU32(&copy[4]) + static_cast<uint32_t>(i));
    media::WriteU32(&copy[8], kSsrc);
    const size_t encrypted = route.to[i].Protect(copy, size);
    Send(outs[first + i].fd, copy.data(), encrypted, sinks[first + i].address);
    ++result.forwarded;
  }
}

Result Loop(const Load& load, const std::vector<Socket>& ins, const std::vector<Socket>& outs,
            const std::vector<Socket>& sinks) {
  std::deque<Route> routes;
  for (int i = 0; i < load.publishers; ++i) routes.emplace_back(i, load);
  std::vector<pollfd> polled = Polled(ins);
  Result result;
  const int64_t end = NowUs(CLOCK_MONOTONIC) + static_cast<int64_t>(load.seconds * 1e6);
  while (NowUs(CLOCK_MONOTONIC) < end) {
    poll(polled.data(), polled.size(), 100);
    for (size_t i = 0; i < polled.size(); ++i) {
      if ((polled[i].revents & POLLIN) == 0) continue;
      std::array<uint8_t, kBuffer> packet;
      for (ssize_t size; (size = recv(polled[i].fd, packet.data(), packet.size(), 0)) > 0;) {
        Forward(routes[i], {packet.data(), static_cast<size_t>(size)}, outs, i * routes[i].to.size(), sinks, result);
      }
    }
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: %s publishers receivers period-us packets size seconds\n", argv[0]);
    return 64;
  }
  const Load load{std::atoi(argv[1]), std::atoi(argv[2]),
                  std::atoll(argv[3]), std::atoi(argv[4]),
                  static_cast<size_t>(std::atoi(argv[5])), std::atof(argv[6])};
  const auto ins = Bind(load.publishers);
  const auto outs = Bind(load.publishers * load.receivers);
  const auto sinks = Bind(load.publishers * load.receivers);
  const pid_t child = fork();
  Check(child, "fork");
  if (child == 0) Drive(load, ins, sinks);
  const int64_t before = NowUs(CLOCK_PROCESS_CPUTIME_ID);
  const Result result = Loop(load, ins, outs, sinks);
  const int64_t cpu = NowUs(CLOCK_PROCESS_CPUTIME_ID) - before;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  std::printf("{\"forwarded\": %lld, \"received\": %lld, \"cpuUs\": %lld}\n", static_cast<long long>(result.forwarded),
              static_cast<long long>(result.received), static_cast<long long>(cpu));
}
