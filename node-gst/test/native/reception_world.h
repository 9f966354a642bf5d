// A publisher, a reception and a slot that sees him.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "media/direct/retransmitter.h"
#include "media/direct/srtp_protector.h"
#include "media/forwarder.h"
#include "media/reception/direct_reception.h"
#include "media/slot.h"
#include "media/track.h"
#include "libsrtp.h"
#include "reception.h"

namespace reception {

using namespace media;
using direct::Check;
using direct::kMs;
using direct::kSecond;
using direct::Packet;
using direct::Random;

inline constexpr uint32_t kVideo = 10;
inline constexpr uint32_t kRepair = 11;
inline constexpr uint32_t kAudio = 12;
inline constexpr uint32_t kOurs = 99;
inline constexpr uint32_t kStreams[] = {kVideo, kRepair, kAudio};
inline constexpr std::array<uint8_t, kSrtpMasterSize> kMaster = {1, 2, 3};

inline std::atomic<int64_t> clock_ns{0};

class HandClock : public Clock {
 public:
  int64_t Now() const noexcept override { return clock_ns; }
};

// What slots were given.
class Heard : public Egress {
 public:
  bool Send(const OutPacket& packet) noexcept override {
    const std::lock_guard lock(mutex_);
    sequences_.push_back(ReadU16(&packet.head[2]));
    return true;
  }
  std::vector<uint16_t> sequences() {
    const std::lock_guard lock(mutex_);
    return sequences_;
  }

 private:
  std::mutex mutex_;
  std::vector<uint16_t> sequences_;
};

class Requests : public KeyframeSink {
 public:
  void RequestKeyframe(uint32_t, uint8_t) noexcept override { count += 1; }
  std::atomic<uint32_t> count{0};
};

class Compounds : public RtcpSink {
 public:
  void SendRtcp(Bytes compound) noexcept override {
    const std::lock_guard lock(mutex_);
    compounds_.emplace_back(compound.begin(), compound.end());
  }
  std::vector<Packet> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(compounds_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Packet> compounds_;
};

inline PeerOptions Options() {
  PeerOptions options;
  TrackOptions video;
  video.kind = Kind::kVideo;
  video.codec = Codec::kVp8;
  video.payload_type = 96;
  video.clock_rate = 90'000;
  video.extensions.transport_cc = 3;
  video.nack = true;
  video.repair.emplace().payload_type = 97;
  TrackOptions audio;
  audio.mline = 1;
  audio.payload_type = 111;
  audio.clock_rate = 48'000;
  audio.extensions.transport_cc = 3;
  options.tracks = {video, audio};
  SlotOptions slot;
  slot.kind = Kind::kVideo;
  slot.codec = Codec::kVp8;
  slot.payload_type = 96;
  slot.clock_rate = 90'000;
  slot.ssrc = 500;
  options.slots = {slot};
  return options;
}

// A peer that sees itself.
struct World {
  World() {
    peer->Attach();
    forwarder.Route(peer->slots()[0], peer->tracks()[0]);
  }

  void Start() { reception->Start({compounds, kMaster, kOurs, "ours"}); }

  // Encrypted, as the peer sends it.
  void OnRtcp(Packet compound, int64_t now_ns) {
    Check(reporter.ProtectRtcp(compound), "world: encrypts reports");
    reception->OnDatagram(compound, now_ns);
  }

  const std::shared_ptr<Heard> heard = std::make_shared<Heard>();
  const std::shared_ptr<Requests> requests = std::make_shared<Requests>();
  const std::shared_ptr<Counters> counters = std::make_shared<Counters>();
  const std::shared_ptr<Compounds> compounds = std::make_shared<Compounds>();
  const std::shared_ptr<PeerCore> peer =
      std::make_shared<PeerCore>(Options(), std::make_shared<HandClock>(), heard, requests, counters);
  const std::shared_ptr<DirectReception> reception = std::make_shared<DirectReception>(Options(), peer, counters);
  Libsrtp reporter{kMaster, Libsrtp::Direction::kWrites};
  Forwarder forwarder;
};

// The other end: numbers, encrypts and remembers what it sends, and answers what it is asked.
class Publisher {
 public:
  Publisher() : protector_(kMaster, kStreams) { retransmitter_.SetRepair(kRepair, 97); }

  Packet Video(Random& random, int64_t now_ns) {
    Packet packet = direct::MakeRtp(random, ++sequence_, 100 + random() % 900);
    packet[1] = 96;
    WriteU32(&packet[4], static_cast<uint32_t>(now_ns / 1000 * 9 / 100));
    WriteU32(&packet[8], kVideo);
    // A VP8 key frame, so that every packet may be where a slot begins.
    packet[24] = 0x10;
    packet[25] = 0;
    retransmitter_.Remember(sequence_, packet, now_ns);
    return Encrypt(packet);
  }

  // Empty where it does not send that again.
  Packet Again(uint16_t sequence, int64_t now_ns) {
    Packet packet(1600);
    packet.resize(retransmitter_.Answer(sequence, now_ns, packet));
    return packet.empty() ? packet : Encrypt(packet);
  }

  Packet Encrypt(Packet packet) {
    // The element that MakeRtp leaves room for.
    const auto rtp = ParseRtp(packet);
    if (rtp && !rtp->extensions.empty()) WriteU16(&packet[21], transport_++);
    const size_t size = packet.size();
    packet.resize(size + kSrtpTagSize);
    Check(protector_.Protect(packet, size) == packet.size(), "publisher: encrypts", sequence_);
    return packet;
  }

  uint16_t sequence() const { return sequence_; }

 private:
  SrtpProtector protector_;
  Retransmitter retransmitter_{5};
  uint16_t sequence_ = 30'000;
  uint16_t transport_ = 65'500;
};

}  // namespace reception
