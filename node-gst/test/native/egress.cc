// The direct egress without a webrtcbin: what it sends is decrypted by libsrtp and compared; then threads against each
// other on it, over sockets.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <srtp2/srtp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "libsrtp.h"
#include "media/direct/direct_egress.h"
#include "media/direct/udp_path.h"
#include "programs.h"

namespace {

using namespace media;

constexpr uint32_t kAudio = 0x11111111;
constexpr uint32_t kVideo = 0x22222222;
constexpr uint32_t kRepair = 0x33333333;
constexpr size_t kNumberAt = 21;

void Check(bool right, const char* what, uint64_t at = 0) {
  if (right) return;
  std::printf("%s, at %llu\n", what, static_cast<unsigned long long>(at));
  std::exit(1);
}

class HandClock : public Clock {
 public:
  int64_t Now() const noexcept override { return now_ns.load(); }
  std::atomic<int64_t> now_ns{1'000'000'000};
};

// Keeps what it is given.
class ListTransport : public Transport {
 public:
  size_t SendRtp(std::span<const Bytes> packets) noexcept override {
    const std::lock_guard lock(mutex);
    calls += 1;
    for (const Bytes packet : packets) rtp.emplace_back(packet.begin(), packet.end());
    return packets.size();
  }
  void SendRtcp(Bytes compound) noexcept override {
    const std::lock_guard lock(mutex);
    rtcp.emplace_back(compound.begin(), compound.end());
  }
  std::mutex mutex;
  size_t calls = 0;
  std::vector<std::vector<uint8_t>> rtp;
  std::vector<std::vector<uint8_t>> rtcp;
};

std::vector<SlotOptions> MakeSlots() {
  std::vector<SlotOptions> slots(2);
  slots[0].mline = 1;
  slots[0].clock_rate = 48'000;
  slots[0].ssrc = kAudio;
  slots[1].mline = 3;
  slots[1].kind = Kind::kVideo;
  slots[1].codec = Codec::kVp8;
  slots[1].clock_rate = 90'000;
  slots[1].ssrc = kVideo;
  slots[1].nack = true;
  return slots;
}

// As a slot writes it: a transport-wide number in a one-byte extension behind the CSRC.
OutPacket MakePacket(uint32_t mline, uint32_t ssrc, uint16_t sequence, std::span<const uint8_t> payload) {
  OutPacket packet;
  uint8_t* const head = packet.head.data();
  std::memset(head, 0, 24);
  head[0] = 0x91;
  head[1] = 100;
  WriteU16(head + 2, sequence);
  WriteU32(head + 8, ssrc);
  WriteU16(head + 16, 0xBEDE);
  WriteU16(head + 18, 1);
  head[20] = 0x51;
  packet.head_size = 24;
  packet.transport_cc_at = kNumberAt;
  packet.payload = payload.data();
  packet.payload_size = payload.size();
  packet.mline = mline;
  return packet;
}

constexpr std::array<uint8_t, kSrtpMasterSize> kMaster = {1, 2, 3, 4, 5, 6, 7, 8, 9};

struct Fixture {
  explicit Fixture(std::vector<Repair> repairs) : theirs(kMaster) {
    egress->Start({transport, kMaster, std::move(repairs), "cname", 0});
  }

  std::vector<uint8_t> Take() {
    Check(!transport->rtp.empty(), "nothing was sent");
    auto packet = transport->rtp.front();
    transport->rtp.erase(transport->rtp.begin());
    Check(theirs.Unprotect(packet), "not authentic");
    return packet;
  }

  std::shared_ptr<HandClock> clock = std::make_shared<HandClock>();
  std::shared_ptr<ListTransport> transport = std::make_shared<ListTransport>();
  std::shared_ptr<DirectEgress> egress = std::make_shared<DirectEgress>(MakeSlots(), clock);
  Libsrtp theirs;
};

std::vector<uint8_t> MakeNack(uint32_t ssrc, uint16_t sequence) {
  std::vector<uint8_t> compound{0x80, 201, 0, 1, 0, 0, 0, 9, 0x81, 205, 0, 3, 0, 0, 0, 9};
  compound.resize(24);
  WriteU32(&compound[16], ssrc);
  WriteU16(&compound[20], sequence);
  return compound;
}

const std::vector<uint8_t> kPayload{'p', 'a', 'y', 'l', 'o', 'a', 'd'};

void CheckSend() {
  Fixture f({{3, kRepair, 101}});
  Check(f.egress->Send(MakePacket(3, kVideo, 7, kPayload)) && f.egress->Send(MakePacket(1, kAudio, 8, kPayload)), "refused");
  for (const uint32_t ssrc : {kVideo, kAudio}) {
    const auto packet = f.Take();
    Check(ReadU32(&packet[8]) == ssrc && std::equal(kPayload.begin(), kPayload.end(), packet.begin() + 24), "other bytes");
    Check(ReadU16(&packet[kNumberAt]) == (ssrc == kVideo ? 0 : 1), "transport-wide number");
  }
  Check(!f.egress->Send(MakePacket(1, kAudio, 8, kPayload)), "a number twice");
  Check(!f.egress->Send(MakePacket(2, kAudio, 9, kPayload)), "no such section");
  const std::vector<uint8_t> big(Outbox::kPacketSize);
  Check(!f.egress->Send(MakePacket(1, kAudio, 9, big)), "larger than there is room for");
  Check(!f.transport->rtcp.empty() && f.transport->rtcp[0][1] == 200, "no sender report");
  f.egress->SendBye();
  f.egress->Close();
  Check(!f.egress->Send(MakePacket(1, kAudio, 10, kPayload)), "sent after the end");
}

void CheckResend() {
  Fixture repaired({{3, kRepair, 101}});
  repaired.egress->Send(MakePacket(3, kVideo, 7, kPayload));
  repaired.Take();
  repaired.clock->now_ns += 50'000'000;
  repaired.egress->OnRtcp(MakeNack(kVideo, 7), repaired.clock->Now());
  const auto packet = repaired.Take();
  Check(ReadU32(&packet[8]) == kRepair && (packet[1] & 0x7F) == 101, "not in the stream of resends");
  Check(ReadU16(&packet[24]) == 7 && std::equal(kPayload.begin(), kPayload.end(), packet.begin() + 26), "other bytes");
  Check(ReadU16(&packet[kNumberAt]) == 1, "no number of its own");

  Fixture plain({});
  plain.egress->Send(MakePacket(3, kVideo, 7, kPayload));
  const auto first = plain.transport->rtp.at(0);
  plain.clock->now_ns += 50'000'000;
  plain.egress->OnRtcp(MakeNack(kVideo, 7), plain.clock->Now());
  Check(plain.transport->rtp.size() == 2 && plain.transport->rtp[1] == first, "not the same bytes");
}

void CheckBursts() {
  Fixture a({});
  Fixture b({});
  {
    const SendBurst burst;
    for (uint16_t i = 0; i < 100; ++i) {
      a.egress->Send(MakePacket(1, kAudio, i, kPayload));
      b.egress->Send(MakePacket(1, kAudio, i, kPayload));
    }
    Check(a.transport->rtp.empty(), "left before the end of the burst");
  }
  Check(a.transport->calls == 1 && b.transport->calls == 1, "more than one call");
  for (uint16_t i = 0; i < 100; ++i) {
    for (Fixture* each : {&a, &b}) Check(ReadU16(&each->Take()[2]) == i, "out of order", i);
  }
  {
    const SendBurst burst;
    for (uint16_t i = 100; i < 1000; ++i) a.egress->Send(MakePacket(1, kAudio, i, kPayload));
  }
  Check(a.transport->rtp.size() == 900, "lost where more came than there was room for", a.transport->rtp.size());
}

// A thread that was held up with its burst does not send an old picture behind a new one.
void CheckOrder() {
  Fixture f({});
  const SendBurst burst;
  f.egress->Send(MakePacket(3, kVideo, 1, kPayload));
  std::thread([&] {
    const SendBurst theirs;
    f.egress->Send(MakePacket(3, kVideo, 2, kPayload));
  }).join();
  for (const uint16_t sequence : {1, 2}) Check(ReadU16(&f.Take()[2]) == sequence, "not in the order of numbers", sequence);
}

// A socket of the loopback interface.
class Socket {
 public:
  Socket() : fd(socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Check(bind(fd, reinterpret_cast<sockaddr*>(&any), sizeof any) == 0, "bind");
    socklen_t size = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  }
  ~Socket() { close(fd); }

  const int fd;
  sockaddr_storage address{};
};

void CheckPath() {
  Socket from;
  Socket to;
  const UdpPath path(from.fd, to.address);
  const std::vector<std::vector<uint8_t>> sent(150, kPayload);
  const std::vector<Bytes> datagrams(sent.begin(), sent.end());
  Check(path.Send(datagrams) == 150, "not all were taken");
  std::array<uint8_t, 100> buffer;
  for (int i = 0; i < 150; ++i) Check(recv(to.fd, buffer.data(), buffer.size(), MSG_DONTWAIT) == 7, "not all came");

  // One that is too large costs none of the others.
  const std::vector<uint8_t> huge(70'000);
  const std::vector<Bytes> mixed{kPayload, huge, kPayload};
  Check(path.Send(mixed) == 2, "what is too large");
}

class PathTransport : public Transport {
 public:
  explicit PathTransport(const Socket& from, const Socket& to) : path_(from.fd, to.address) {}
  size_t SendRtp(std::span<const Bytes> packets) noexcept override { return path_.Send(packets); }
  void SendRtcp(Bytes) noexcept override {}

 private:
  UdpPath path_;
};

// Publishers send, the receiver asks again, one thread makes and ends peers: what arrives is authentic, none twice.
void Race(double seconds) {
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> received{0};
  std::mutex mutex;
  std::shared_ptr<DirectEgress> current;
  const auto get = [&] {
    const std::lock_guard lock(mutex);
    return current;
  };
  const auto clock = std::make_shared<HandClock>();
  std::array<std::atomic<uint16_t>, 2> sequences{};
  // How many may be sent until the receiver has looked again: one that misses 32768 loses count.
  std::atomic<int> budget{0};
  const auto publish = [&](uint32_t mline, uint32_t ssrc, std::atomic<uint16_t>& sequence) {
    while (!stop) {
      if (budget.fetch_sub(8) < 0) {
        std::this_thread::yield();
        continue;
      }
      const auto egress = get();
      const SendBurst burst;
      for (int i = 0; egress && i < 8; ++i) egress->Send(MakePacket(mline, ssrc, sequence++, kPayload));
      clock->now_ns += 1'000'000;
    }
  };
  const auto ask = [&] {
    while (!stop) {
      if (const auto egress = get()) {
        egress->OnRtcp(MakeNack(kVideo, static_cast<uint16_t>(sequences[1] - 2)), clock->Now());
        egress->Figures();
      }
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(publish, 1, kAudio, std::ref(sequences[0]));
  threads.emplace_back(publish, 3, kVideo, std::ref(sequences[1]));
  threads.emplace_back(publish, 3, kVideo, std::ref(sequences[1]));
  threads.emplace_back(ask);
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    Socket from;
    Socket to;
    const auto egress = std::make_shared<DirectEgress>(MakeSlots(), clock);
    {
      const std::lock_guard lock(mutex);
      current = egress;
      sequences[0] = sequences[1] = 0;
    }
    egress->Start({std::make_shared<PathTransport>(from, to), kMaster, {{3, kRepair, 101}}, "cname", 0});
    Libsrtp theirs(kMaster);
    for (int polls = 0; polls < 20; ++polls) {
      budget = 2000;
      std::vector<uint8_t> packet(1600);
      for (ssize_t size; (size = recv(to.fd, packet.data(), 1600, MSG_DONTWAIT)) > 0; packet.resize(1600)) {
        packet.resize(static_cast<size_t>(size));
        // A thread may be kept waiting with its burst.
        Check(theirs.Unprotect(packet) || theirs.was_too_late(), "not authentic, or twice");
        received += 1;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    egress->SendBye();
    egress->Close();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  Check(received > 1000, "too little came", received);
}

}  // namespace

int RunEgress(double seconds) {
  CheckSend();
  CheckResend();
  CheckBursts();
  CheckOrder();
  CheckPath();
  Race(seconds);
  std::printf("sent and authentic\n");
  return 0;
}
