// What the programs on the direct egress's RTCP share.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "media/options.h"
#include "media/rtp.h"

namespace direct {

using Packet = std::vector<uint8_t>;

// Numbers of 32 bits, the same in every run.
class Random {
 public:
  using result_type = uint32_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return UINT32_MAX; }
  result_type operator()() { return static_cast<result_type>(engine_()); }

 private:
  std::mt19937 engine_{1};
};

inline constexpr int64_t kMs = 1'000'000;
inline constexpr int64_t kSecond = 1000 * kMs;
// From the clock of the tests to nanoseconds since 1970.
inline constexpr int64_t kOffset = 1'700'000'000 * kSecond;

inline void Check(bool right, const char* what, uint64_t step = 0) {
  if (right) return;
  std::printf("%s, step %llu\n", what, static_cast<unsigned long long>(step));
  std::exit(1);
}

inline Packet Noise(Random& random, size_t size) {
  Packet bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

inline void Append(Packet& to, std::initializer_list<uint8_t> bytes) { to.insert(to.end(), bytes); }
inline void AppendU32(Packet& to, uint32_t word) {
  to.resize(to.size() + 4);
  media::WriteU32(&to[to.size() - 4], word);
}

inline media::SlotOptions MakeSlot(uint32_t mline, media::Kind kind, uint32_t ssrc) {
  media::SlotOptions slot;
  slot.mline = mline;
  slot.kind = kind;
  slot.codec = kind == media::Kind::kAudio ? media::Codec::kOpus : media::Codec::kVp8;
  slot.clock_rate = kind == media::Kind::kAudio ? 48'000 : 90'000;
  slot.ssrc = ssrc;
  slot.nack = kind == media::Kind::kVideo;
  return slot;
}

// With one CSRC and a header extension, as slots send them.
inline Packet MakeRtp(Random& random, uint16_t sequence, size_t payload) {
  Packet packet{0x91, static_cast<uint8_t>(96 | (random() % 2) << 7), 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9};
  Append(packet, {0xBE, 0xDE, 0, 1, 0x31, 0xAB, 0xCD, 0});
  media::WriteU16(&packet[2], sequence);
  const Packet bytes = Noise(random, payload);
  packet.insert(packet.end(), bytes.begin(), bytes.end());
  return packet;
}

// Sender reports against bytes and a model.
void CheckReports(Random& random, uint32_t steps);
// Histories and resends likewise.
void CheckResends(Random& random, uint32_t steps);
// What receivers say, likewise, and compounds of any bytes.
void CheckFeedback(Random& random, uint32_t steps);

}  // namespace direct
