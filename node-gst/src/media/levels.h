// What a track received since somebody looked: enough for the decision who speaks, without a call per packet.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "media/packet.h"

namespace media {

// The record that takeLevels() of media.d.ts fills for one track. Not thread-safe; guarded by its track.
struct LevelSummary {
  // The newest levels that are kept: 640 ms of packets of 20 ms, so that a look every 100 ms may come late.
  static constexpr size_t kLevels = 32;

  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t voiced = 0;
  uint64_t with_level = 0;
  // A ring: the n-th packet with a level, from 0, is at n % kLevels.
  std::array<uint8_t, kLevels> ring{};

  void Add(const MediaPacket& packet) noexcept {
    packets += 1;
    bytes += packet.rtp.payload.size();
    if (!packet.HasLevel()) return;
    ring[with_level % kLevels] = packet.Level();
    with_level += 1;
    if (packet.Voiced()) voiced += 1;
  }

  size_t kept() const noexcept { return with_level < kLevels ? with_level : kLevels; }
  // The i-th of those that are kept, oldest first.
  uint8_t level(size_t i) const noexcept { return ring[(with_level - kept() + i) % kLevels]; }
};

}  // namespace media
