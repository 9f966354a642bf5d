// Hostile bytes and times: packets and reports that are valid but for a few bytes, cut short, or nothing but noise,
// each in an allocation of its own size.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "media/forwarder.h"
#include "media/peer_core.h"
#include "media/slot.h"
#include "media/track.h"
#include "programs.h"

namespace {

using namespace media;

int64_t now_ns = 0;
uint64_t sent = 0;

class HandClock : public Clock {
 public:
  int64_t Now() const noexcept override { return now_ns; }
};

class ReadingEgress : public Egress {
 public:
  bool Send(const OutPacket& packet) noexcept override {
    std::vector<uint8_t> whole(packet.head.data(), packet.head.data() + packet.head_size);
    whole.insert(whole.end(), packet.payload, packet.payload + packet.payload_size);
    const auto parsed = ParseRtp(whole);
    if (!parsed || parsed->ssrc != 100 + packet.mline || packet.capture_ns > now_ns) {
      std::printf("a packet that must not be sent\n");
      std::exit(1);
    }
    sent += 1;
    return true;
  }
};

class Silent : public KeyframeSink {
 public:
  void RequestKeyframe(uint32_t, uint8_t) noexcept override {}
};

constexpr struct {
  Codec codec;
  uint8_t payload_type;
} kSections[] = {{Codec::kOpus, 111}, {Codec::kVp8, 96}, {Codec::kH264, 97}};

template <class Options>
Options MakeSection(uint32_t mline) {
  Options options;
  options.mline = mline;
  options.mid = std::string(mline * 48, 'm');
  options.codec = kSections[mline].codec;
  options.kind = options.codec == Codec::kOpus ? Kind::kAudio : Kind::kVideo;
  options.payload_type = kSections[mline].payload_type;
  options.clock_rate = options.kind == Kind::kAudio ? 48'000 : 90'000;
  options.extensions = {1, 2, 3};
  return options;
}

using Random = std::mt19937;

std::vector<uint8_t> Rtp(Random& random, uint32_t number) {
  std::vector<uint8_t> packet(12);
  const uint32_t section = random() % 3;
  packet[0] = 0x80;
  packet[1] = static_cast<uint8_t>(kSections[section].payload_type | (random() % 2) << 7);
  WriteU16(&packet[2], static_cast<uint16_t>(number));
  WriteU32(&packet[4], random() % 4 == 0 ? random() : number * 960);
  WriteU32(&packet[8], section);
  if (random() % 2 == 0) {
    packet[0] |= 0x10;
    const uint8_t words = random() % 4;
    packet.insert(packet.end(), {static_cast<uint8_t>(random() % 2 == 0 ? 0xBE : 0x10), 0xDE, 0, words});
    for (int i = 0; i < words * 4; ++i) packet.push_back(static_cast<uint8_t>(random()));
    if (packet[12] == 0x10) packet[13] = 0;
  }
  for (uint32_t size = random() % 20; size > 0; --size) packet.push_back(static_cast<uint8_t>(random()));
  return packet;
}

std::vector<uint8_t> Rtcp(Random& random) {
  const uint8_t type = static_cast<uint8_t>(200 + random() % 8);
  const uint8_t words = random() % 9;
  std::vector<uint8_t> packet{static_cast<uint8_t>(0x80 | random() % 64), type, 0, words};
  for (int i = 0; i < words; ++i) {
    // Mostly SSRCs that mean something.
    const uint32_t word = random() % 3 == 0 ? random() : random() % 2 * 100 + random() % 3;
    for (int shift = 24; shift >= 0; shift -= 8) packet.push_back(static_cast<uint8_t>(word >> shift));
  }
  return packet;
}

void Spoil(Random& random, std::vector<uint8_t>& packet) {
  for (uint32_t changes = random() % 3; changes > 0 && !packet.empty(); --changes) {
    packet[random() % packet.size()] = static_cast<uint8_t>(random());
  }
  if (random() % 8 == 0) packet.resize(random() % (packet.size() + 1));
}

}  // namespace

int RunHostile(uint32_t count) {
  PeerOptions options;
  for (uint32_t mline = 0; mline < 3; ++mline) {
    options.tracks.push_back(MakeSection<TrackOptions>(mline));
    options.slots.push_back(MakeSection<SlotOptions>(mline));
    options.slots.back().ssrc = 100 + mline;
  }
  PeerCore peer(options, std::make_shared<HandClock>(), std::make_shared<ReadingEgress>(), std::make_shared<Silent>());
  Forwarder forwarder;
  peer.Attach();

  Random random(1);
  for (uint32_t i = 0; i < count; ++i) {
    // Heard by itself: the core does not know whom it forwards to.
    if (i % 100 == 0) {
      const size_t mline = random() % 3;
      forwarder.Route(peer.slots()[mline], random() % 8 == 0 ? nullptr : peer.tracks()[mline]);
    }
    now_ns += random() % 50 == 0 ? static_cast<int64_t>(random()) * 10 : static_cast<int64_t>(random() % 10'000'000);
    const bool report = random() % 4 == 0;
    std::vector<uint8_t> bytes = report ? Rtcp(random) : Rtp(random, i);
    Spoil(random, bytes);
    // An allocation of exactly its size, so that one byte beyond is noticed.
    const std::unique_ptr<uint8_t[]> exact(new uint8_t[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), exact.get());
    const Bytes packet(exact.get(), bytes.size());
    if (report) {
      peer.ingest().OnRtcp(packet, now_ns);
      peer.ingest().OnSenderReport(packet);
    } else {
      peer.ingest().OnRtp(packet, now_ns);
    }
  }
  std::printf("fed %u, sent %llu\n", count, static_cast<unsigned long long>(sent));
  return sent > count / 50 ? 0 : 1;
}
