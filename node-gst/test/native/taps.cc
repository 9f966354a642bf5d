// Taps and their readers, threads against each other: publishers push, one thread opens, routes, switches and closes,
// readers push into sinks that are sometimes full and sometimes gone. Prints what it did, or what was wrong.
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
#include "media/tap/tap.h"
#include "media/track.h"
#include "programs.h"
#include "tap_reader/reader.h"

namespace {

using namespace media;

constexpr uint32_t kPublishers = 2;

std::atomic<bool> stop{false};
std::atomic<uint64_t> taken{0};
std::atomic<uint64_t> ends{0};

[[noreturn]] void Fail(const char* what) {
  std::printf("%s\n", what);
  std::exit(1);
}

class SteadyClock : public Clock {
 public:
  int64_t Now() const noexcept override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
};

class NoEgress : public Egress {
 public:
  bool Send(const OutPacket&) noexcept override { return true; }
};

class NoSink : public KeyframeSink {
 public:
  void RequestKeyframe(uint32_t, uint8_t) noexcept override {}
};

// Numbers must go up, and time must not go back.
class CheckingSink : public tap_reader::Sink {
 public:
  explicit CheckingSink(uint32_t seed) : random_(seed) {}

  Taken Push(std::vector<uint8_t>&& packet, int64_t pts_ns) noexcept override {
    // Long enough, now and then, that socket and queue fill up.
    if (full_for_ == 0 && random_() % 500 == 0) full_for_ = random_() % 6;
    if (full_for_ > 0) {
      full_for_ -= 1;
      return Taken::kFull;
    }
    if (random_() % 20'000 == 0) return Taken::kRefused;
    const auto rtp = ParseRtp(packet);
    if (!rtp) Fail("no RTP");
    if (pts_ns < pts_ns_) Fail("time goes back");
    if (sequence_ >= 0 && static_cast<int16_t>(rtp->sequence - sequence_) <= 0) Fail("a number again");
    pts_ns_ = pts_ns;
    sequence_ = rtp->sequence;
    taken.fetch_add(1, std::memory_order_relaxed);
    packet.clear();
    return Taken::kYes;
  }

 private:
  std::minstd_rand random_;
  uint32_t full_for_ = 0;
  int64_t pts_ns_ = 0;
  int32_t sequence_ = -1;
};

template <class Options>
Options MakeSection(Kind kind) {
  Options options;
  options.kind = kind;
  options.codec = kind == Kind::kAudio ? Codec::kOpus : Codec::kVp8;
  options.payload_type = kind == Kind::kAudio ? 111 : 96;
  options.clock_rate = kind == Kind::kAudio ? 48'000 : 90'000;
  return options;
}

std::shared_ptr<PeerCore> MakePublisher() {
  PeerOptions options;
  for (const Kind kind : {Kind::kAudio, Kind::kVideo}) {
    options.tracks.push_back(MakeSection<TrackOptions>(kind));
    options.tracks.back().mline = kind == Kind::kAudio ? 0 : 1;
  }
  return std::make_shared<PeerCore>(options, std::make_shared<SteadyClock>(), std::make_shared<NoEgress>(),
                                    std::make_shared<NoSink>());
}

// Audio and video, bursts of them, so that queues fill and empty.
void Publish(PeerCore& peer, uint32_t seed) {
  std::minstd_rand random(seed);
  const SteadyClock clock;
  uint16_t sequences[2] = {0, 0};
  std::vector<uint8_t> packet(800);
  packet[0] = 0x80;
  for (uint32_t i = 0; !stop.load(std::memory_order_relaxed); ++i) {
    const bool video = random() % 2 == 0;
    const bool late = random() % 10 == 0;
    const uint16_t sequence = static_cast<uint16_t>(late ? sequences[video] - random() % 20 : ++sequences[video]);
    packet[1] = video ? 96 : 111;
    WriteU16(&packet[2], sequence);
    WriteU32(&packet[4], sequence * 960u);
    WriteU32(&packet[8], video ? 2 : 1);
    packet[12] = video ? 0x10 : 0x48;
    packet[13] = random() % 20 == 0 ? 0x10 : 0x11;
    packet.resize(20 + random() % 780);
    peer.ingest().OnRtp(packet, clock.Now());
    if (i % 300 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(random() % 8));
  }
}

// One recording: a tap, its reader, what a controller does with them, and an end of one kind or the other.
void Record(std::vector<std::shared_ptr<PeerCore>>& publishers, uint32_t seed) {
  std::minstd_rand random(seed);
  Tap tap(1 << 17, 0);
  const auto listen = [](tap_reader::Event event) {
    if (event.type == tap_reader::Event::Type::kEnd) ends.fetch_add(1);
  };
  tap_reader::Reader reader(tap.TakeReaderFd(), {}, listen);
  Forwarder forwarder;
  reader.Start();
  const auto sink = [&] { return std::make_shared<CheckingSink>(static_cast<uint32_t>(random())); };
  for (uint32_t ssrc = 0; ssrc < 4; ++ssrc) {
    auto options = MakeSection<TapSlotOptions>(ssrc % 2 == 0 ? Kind::kAudio : Kind::kVideo);
    options.ssrc = ssrc;
    forwarder.Route(tap.AddSlot(options), publishers[random() % kPublishers]->tracks()[ssrc % 2]);
  }
  for (uint32_t step = 0; step < 60; ++step) {
    const uint32_t ssrc = static_cast<uint32_t>(random() % 4);
    const Kind kind = ssrc % 2 == 0 ? Kind::kAudio : Kind::kVideo;
    switch (random() % 8) {
      case 0:
      case 1:
      case 2: {
        tap_reader::StreamOptions options = MakeSection<tap_reader::StreamOptions>(kind);
        options.ssrc = ssrc;
        options.silence = kind == Kind::kAudio && random() % 2 == 0;
        reader.Track(options, sink(), std::nullopt);
        break;
      }
      case 3:
        reader.SwitchTo(ssrc, sink(), random() % 2 == 0 ? tap_reader::SwitchAt::kNow : tap_reader::SwitchAt::kKeyframe,
                        std::nullopt);
        break;
      case 4:
        if (random() % 4 == 0) reader.Untrack(ssrc);
        break;
      case 5:
        reader.Stats();
        tap.stream().buffered();
        break;
      default:
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 5));
    }
  }
  if (random() % 2 == 0) {
    tap.Close();
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
  }
  if (reader.Stats().malformed > 0) Fail("a frame that is none");
  reader.Close();
}

}  // namespace

int RunTaps(double seconds) {
  std::vector<std::shared_ptr<PeerCore>> publishers;
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < kPublishers; ++i) publishers.push_back(MakePublisher());
  for (uint32_t i = 0; i < kPublishers; ++i) threads.emplace_back([&, i] { Publish(*publishers[i], i + 1); });
  for (uint32_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      for (uint32_t seed = i + 10; !stop; seed += 2) Record(publishers, seed);
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  std::printf("taken %llu, read to the end %llu\n", static_cast<unsigned long long>(taken.load()),
              static_cast<unsigned long long>(ends.load()));
  return taken > 1000 && ends > 0 ? 0 : 1;
}
