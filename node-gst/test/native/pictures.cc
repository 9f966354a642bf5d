// Packets that wait for the rest of their picture: what leaves is what came in, in order, no later than promised; and what a
// track makes of it.
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "direct.h"
#include "media/direct/direct_egress.h"
#include "media/frame_hold.h"
#include "media/peer_core.h"
#include "media/slot.h"
#include "media/track.h"
#include "programs.h"

namespace {

using namespace media;
using direct::Check;
using direct::Random;

// What was put in and has not come out yet.
struct Put {
  uint16_t sequence;
  uint32_t timestamp;
  std::vector<uint8_t> payload;
};

class Watched {
 public:
  void Add(const MediaPacket& packet, bool may_wait) {
    puts_.push_back({packet.rtp.sequence, packet.rtp.timestamp, {packet.rtp.payload.begin(), packet.rtp.payload.end()}});
    const auto forward = [&](std::span<const MediaPacket> packets) { Take(packets); };
    may_wait ? hold_.Add(packet, forward) : hold_.Pass(packet, forward);
  }

  const std::vector<Put>& waiting() const { return puts_; }
  size_t together() const { return together_; }

 private:
  void Take(std::span<const MediaPacket> packets) {
    Check(packets.size() <= FrameHold::kMost && packets.size() <= puts_.size(), "more than came in");
    for (size_t i = 0; i < packets.size(); ++i) {
      const RtpView& rtp = packets[i].rtp;
      Check(rtp.sequence == puts_[i].sequence && rtp.timestamp == puts_[i].timestamp, "out of order", rtp.sequence);
      Check(std::equal(rtp.payload.begin(), rtp.payload.end(), puts_[i].payload.begin(), puts_[i].payload.end()),
            "other bytes", rtp.sequence);
      Check(rtp.timestamp == packets[0].rtp.timestamp || i + 1 == packets.size(), "two pictures", rtp.sequence);
    }
    puts_.erase(puts_.begin(), puts_.begin() + static_cast<std::ptrdiff_t>(packets.size()));
    if (packets.size() > 1) together_ += 1;
  }

  FrameHold hold_;
  std::vector<Put> puts_;
  size_t together_ = 0;
};

// Pictures of any size; some lose packets, some packets come late, sources change, and time passes.
void CheckHold(Random& random, uint32_t steps) {
  Watched watched;
  MediaPacket packet;
  packet.epoch = 1;
  uint16_t sequence = 65'000;
  uint32_t first_waiting = 0;
  for (uint32_t i = 0; i < steps; ++i) {
    const bool lost = random() % 30 == 0;
    packet.newest = random() % 20 != 0;
    packet.rtp.sequence = packet.newest ? ++sequence : static_cast<uint16_t>(sequence - random() % 50);
    packet.rtp.marker = packet.newest && random() % 5 == 0;
    packet.arrival_ns += random() % 50 == 0 ? 3 * direct::kMs : random() % 100'000;
    if (random() % 500 == 0) packet.epoch += 1;
    // In an allocation of its own, which ends with the call.
    const auto payload = std::make_unique<direct::Packet>(direct::Noise(random, random() % 40 == 0 ? 1600 : 1 + random() % 30));
    packet.rtp.payload = *payload;
    if (!lost) {
      const size_t before = watched.waiting().size();
      watched.Add(packet, random() % 100 != 0);
      const auto& waiting = watched.waiting();
      Check(waiting.size() < FrameHold::kMost, "too many wait", i);
      const bool leaves = packet.rtp.marker || !packet.newest || payload->size() > FrameHold::kPayload;
      Check(!leaves || waiting.empty(), "a packet waits for nothing", i);
      if (waiting.size() <= 1) first_waiting = static_cast<uint32_t>(packet.arrival_ns / 1000);
      Check(waiting.size() <= 1 || packet.arrival_ns / 1000 - first_waiting <= FrameHold::kMostNs / 1000, "waited too long", i);
      Check(waiting.size() <= before + 1, "what waits came from nowhere", i);
      for (const Put& put : waiting) Check(put.timestamp == waiting.back().timestamp, "the picture before still waits", i);
    }
    // Whether its last packet was lost or not.
    if (packet.rtp.marker) packet.rtp.timestamp += 3000;
  }
  Check(watched.together() > steps / 50, "nothing left together", watched.together());
}

// A sender whose pictures end without a mark is noticed by the first, and never waited for again.
void CheckUnmarked() {
  Watched watched;
  MediaPacket packet;
  packet.epoch = 1;
  for (uint16_t i = 0; i < 100; ++i) {
    packet.rtp.sequence = i;
    packet.rtp.timestamp = i / 4u * 3000u;
    watched.Add(packet, true);
    Check(i < 4 || watched.waiting().empty(), "a sender without marks is waited for", i);
  }
}

class StillClock : public Clock {
 public:
  int64_t Now() const noexcept override { return direct::kSecond; }
};

class CountingTransport : public Transport {
 public:
  size_t SendRtp(std::span<const Bytes> packets) noexcept override {
    calls.push_back(packets.size());
    return packets.size();
  }
  void SendRtcp(Bytes) noexcept override {}
  std::vector<size_t> calls;
};

constexpr std::array<uint8_t, kSrtpMasterSize> kMaster = {1, 2, 3};

struct Viewer {
  Viewer() : egress(std::make_shared<DirectEgress>(slots, std::make_shared<StillClock>())) {
    egress->Start({transport, kMaster, {}, "cname", 0});
    slot = std::make_shared<Slot>(slots[0], egress, std::make_shared<Counters>());
    slot->Attach();
  }

  const std::vector<SlotOptions> slots{direct::MakeSlot(0, Kind::kVideo, 7)};
  std::shared_ptr<CountingTransport> transport = std::make_shared<CountingTransport>();
  std::shared_ptr<DirectEgress> egress;
  std::shared_ptr<Slot> slot;
};

// Pictures of five packets: each viewer gets one in one call, where there are enough viewers for it.
void CheckTrack(size_t viewers, const std::vector<size_t>& expected) {
  TrackOptions options;
  options.kind = Kind::kVideo;
  options.codec = Codec::kVp8;
  options.clock_rate = 90'000;
  const auto track = std::make_shared<Track>(options, std::make_shared<StillClock>(), nullptr, std::make_shared<Counters>());
  std::vector<Viewer> all(viewers);
  for (Viewer& viewer : all) viewer.slot->Route(track, 1);
  MediaPacket packet;
  packet.epoch = 1;
  packet.keyframe = true;
  const std::vector<uint8_t> payload(1000);
  packet.rtp.payload = payload;
  for (uint16_t i = 0; i < 10; ++i) {
    packet.rtp.sequence = i;
    packet.rtp.timestamp = i / 5u * 3000u;
    packet.rtp.marker = i % 5 == 4;
    track->Push(packet);
  }
  for (const Viewer& viewer : all) Check(viewer.transport->calls == expected, "system calls for two pictures", viewers);
  track->Close();
}

}  // namespace

int RunPictures(uint32_t steps) {
  Random random;
  CheckHold(random, steps);
  CheckUnmarked();
  CheckTrack(1, std::vector<size_t>(10, 1));
  CheckTrack(kLeastForWholePictures, {5, 5});
  CheckTrack(7, {5, 5});
  std::printf("whole pictures\n");
  return 0;
}
