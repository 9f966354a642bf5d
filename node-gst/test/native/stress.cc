// Threads against each other: publishers push while routes change, peers attach, detach, ask for key frames, report,
// close, and are freed. Prints what it did, or what was wrong.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include "media/forwarder.h"
#include "media/peer_core.h"
#include "media/slot.h"
#include "media/track.h"
#include "programs.h"

namespace {

using namespace media;

constexpr uint32_t kPublishers = 3;
constexpr uint32_t kListeners = 3;
constexpr uint32_t kSlotSsrc = 0x1000;

std::atomic<bool> stop{false};
std::atomic<uint64_t> sent{0};
std::atomic<uint64_t> keyframes{0};

class SteadyClock : public Clock {
 public:
  int64_t Now() const noexcept override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
};

// Checks what holds for every packet: no sequence number of a slot twice within the window.
class CheckingEgress : public Egress {
 public:
  bool Send(const OutPacket& packet) noexcept override {
    const uint16_t sequence = ReadU16(&packet.head[2]);
    const std::lock_guard lock(mutex_);
    auto& recent = recent_[packet.mline];
    for (const uint16_t before : recent.sequences) {
      if (recent.filled && before == sequence) {
        std::printf("sequence number %u twice in section %u\n", sequence, packet.mline);
        std::exit(1);
      }
    }
    recent.sequences[recent.next++ % recent.sequences.size()] = sequence;
    recent.filled = recent.filled || recent.next >= recent.sequences.size();
    sent.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  bool GainsByBursts() const noexcept override { return true; }

 private:
  struct Recent {
    std::array<uint16_t, 128> sequences{};
    size_t next = 0;
    bool filled = false;
  };
  std::mutex mutex_;
  std::array<Recent, 2> recent_;
};

class CountingSink : public KeyframeSink {
 public:
  void RequestKeyframe(uint32_t, uint8_t) noexcept override { keyframes.fetch_add(1, std::memory_order_relaxed); }
};

template <class Options>
Options MakeSection(uint32_t mline, Kind kind) {
  Options options;
  options.mline = mline;
  options.mid = std::to_string(mline);
  options.kind = kind;
  options.codec = kind == Kind::kAudio ? Codec::kOpus : Codec::kVp8;
  options.payload_type = kind == Kind::kAudio ? 111 : 96;
  options.clock_rate = kind == Kind::kAudio ? 48'000 : 90'000;
  options.extensions = {1, 2, 3};
  return options;
}

std::shared_ptr<PeerCore> MakePeer(uint32_t csrc, bool publishes) {
  PeerOptions options;
  options.csrc = csrc;
  for (const Kind kind : {Kind::kAudio, Kind::kVideo}) {
    const uint32_t mline = kind == Kind::kAudio ? 0 : 1;
    if (publishes) {
      options.tracks.push_back(MakeSection<TrackOptions>(mline, kind));
    } else {
      options.slots.push_back(MakeSection<SlotOptions>(mline, kind));
      options.slots.back().ssrc = kSlotSsrc + mline;
    }
  }
  return std::make_shared<PeerCore>(options, std::make_shared<SteadyClock>(), std::make_shared<CheckingEgress>(),
                                    std::make_shared<CountingSink>());
}

// Pushes audio and video of one peer as fast as it can; every 20th video packet is a key frame, some come twice, some
// late, some from another SSRC after a BYE.
void Publish(PeerCore& peer, uint32_t seed) {
  std::minstd_rand random(seed);
  std::array<uint8_t, 22> packet{};
  const SteadyClock clock;
  uint16_t sequence = static_cast<uint16_t>(random());
  uint32_t ssrc = 1;
  uint32_t picture = 0;
  for (uint32_t i = 0; !stop.load(std::memory_order_relaxed); ++i) {
    const bool video = random() % 2 == 0;
    const bool late = random() % 10 == 0;
    const bool ends = random() % 3 == 0;
    packet[1] = static_cast<uint8_t>(video ? (ends ? 0x80 : 0) | 96 : 111);
    WriteU16(&packet[2], static_cast<uint16_t>(late ? sequence - random() % 200 : ++sequence));
    WriteU32(&packet[4], video ? picture * 3000 : i * 960);
    if (video && ends) picture += 1;
    WriteU32(&packet[8], ssrc + (video ? 1000 : 0));
    if (video) {
      // Its payload: a VP8 descriptor with a picture id, and the frame's first byte.
      packet[0] = 0x80;
      WriteU32(&packet[12], 0x90808000 | (i & 0xFF));
      packet[16] = random() % 20 == 0 ? 0x10 : 0x11;
    } else {
      packet[0] = 0x90;
      WriteU32(&packet[12], 0xBEDE0001);
      WriteU32(&packet[16], 0x20000000 | (random() & 0xFF) << 16);
    }
    peer.ingest().OnRtp(packet, clock.Now());
    if (i % 5000 == 0) {
      const std::array<uint8_t, 12> bye{0x82, 203, 0, 2, 0, 0, 0, static_cast<uint8_t>(ssrc)};
      peer.ingest().OnRtcp(bye, clock.Now());
      ssrc = 1 + ssrc % 3;
    }
    if (i % 1000 == 0) {
      std::array<uint8_t, 28> report{0x80, 200, 0, 6};
      WriteU32(&report[4], ssrc);
      WriteU32(&report[8], 0xE0000000 + i);
      WriteU32(&report[16], i * 960);
      peer.ingest().OnRtcp(report, clock.Now());
      peer.ingest().OnSenderReport(report);
    }
  }
}

// What a receiver's streaming thread brings.
void Ask(PeerCore& peer, uint32_t seed) {
  std::minstd_rand random(seed);
  const SteadyClock clock;
  while (!stop.load(std::memory_order_relaxed)) {
    std::array<uint8_t, 12> pli{0x81, 206, 0, 2};
    WriteU32(&pli[8], kSlotSsrc + random() % 3);
    peer.ingest().OnRtcp(pli, clock.Now());
    std::array<uint8_t, 20> fir{0x84, 206, 0, 4};
    WriteU32(&fir[12], kSlotSsrc + 1);
    fir[16] = static_cast<uint8_t>(random());
    peer.ingest().OnRtcp(fir, clock.Now());
    std::this_thread::yield();
  }
}

// What the JS thread does, all at random.
void Control(std::vector<std::shared_ptr<PeerCore>>& publishers, std::vector<std::shared_ptr<PeerCore>>& listeners) {
  std::minstd_rand random(1);
  auto forwarder = std::make_unique<Forwarder>();
  while (!stop.load(std::memory_order_relaxed)) {
    PeerCore& to = *listeners[random() % kListeners];
    PeerCore& from = *publishers[random() % kPublishers];
    const size_t kind = random() % 2;
    switch (random() % 12) {
      case 0:
        forwarder->Route(to.slots()[kind], nullptr);
        break;
      case 1:
        to.Detach();
        break;
      case 2: {
        // A peer that comes, hears, and goes.
        const auto guest = MakePeer(99, false);
        guest->Attach();
        forwarder->Route(guest->slots()[kind], from.tracks()[kind]);
        std::this_thread::yield();
        break;
      }
      case 3: {
        // A publisher that comes into a slot and goes.
        const auto guest = MakePeer(98, true);
        forwarder->Route(to.slots()[kind], guest->tracks()[kind]);
        std::this_thread::yield();
        break;
      }
      case 4:
        forwarder->Gate(from.tracks()[0], random() % 4 == 0 ? std::nullopt : std::optional<uint8_t>(random() % 128));
        if (random() % 100 == 0) forwarder = std::make_unique<Forwarder>();
        break;
      case 5:
        from.tracks()[kind]->TakeLevels();
        from.tracks()[1]->RequestKeyframe();
        break;
      default:
        to.Attach();
        forwarder->Route(to.slots()[kind], from.tracks()[kind]);
        std::this_thread::yield();
    }
  }
}

}  // namespace

int RunStress(double seconds) {
  std::vector<std::shared_ptr<PeerCore>> publishers;
  std::vector<std::shared_ptr<PeerCore>> listeners;
  for (uint32_t i = 0; i < kPublishers; ++i) publishers.push_back(MakePeer(i, true));
  for (uint32_t i = 0; i < kListeners; ++i) listeners.push_back(MakePeer(100 + i, false));

  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < kPublishers; ++i) {
    // Two threads for one publisher: around a change of its transport both may bring packets.
    for (uint32_t seed : {i, i + 50}) threads.emplace_back([&, i, seed] { Publish(*publishers[i], seed + 1); });
  }
  for (uint32_t i = 0; i < kListeners; ++i) threads.emplace_back([&, i] { Ask(*listeners[i], i + 1); });
  threads.emplace_back([&] { Control(publishers, listeners); });
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  // Half of the peers end while packets still come.
  publishers[0]->Close();
  listeners[0]->Close();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  std::printf("sent %llu, key frames asked %llu\n", static_cast<unsigned long long>(sent.load()),
              static_cast<unsigned long long>(keyframes.load()));
  return sent.load() > 0 && keyframes.load() > 0 ? 0 : 1;
}
