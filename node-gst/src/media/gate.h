// Keeps the quiet packets of an audio track out of every slot.
#pragma once
#include <cstdint>
#include <optional>

#include "media/packet.h"

namespace media {

// A gate that was opened by a packet stays open for so long behind it: the end of a word and the pause between two are
// quieter than speech, and nothing of them may be cut.
inline constexpr int64_t kGateHangNs = 500'000'000;

// Invariant: the packet that follows held ones is newer than every packet seen before, held or passed. So a slot may
// close the gap in its sequence numbers there without ever meeting a number of the gap, or one it has sent, again.
//
// Not thread-safe; guarded by its track.
class Gate {
 public:
  // Levels are -dBov: 0 is the loudest, 127 silence. Packets whose level is above `quietest` are held; nothing: none.
  // A gate that is open stays open over a change.
  void Set(std::optional<uint8_t> quietest) noexcept { quietest_ = quietest; }

  // False where the packet is to go to no slot. Packets without a level pass.
  bool Admits(const MediaPacket& packet) noexcept;

  // Counts up with every packet that passed behind held ones.
  uint32_t spurt() const noexcept { return spurt_; }

 private:
  bool IsNewest(const MediaPacket& packet) noexcept;
  bool Holds(const MediaPacket& packet) noexcept;

  std::optional<uint8_t> quietest_;
  int64_t open_until_ns_ = INT64_MIN;
  // Packets were held since the last that passed.
  bool holding_ = false;
  uint32_t spurt_ = 0;
  // The newest packet seen; epoch 0 before the first.
  uint32_t epoch_ = 0;
  uint16_t highest_ = 0;
};

}  // namespace media
