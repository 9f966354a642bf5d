// Which packets of a stream are missing, and when they are asked for (again).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "media/sequence_map.h"

namespace media {

// A packet is asked for once it has been overtaken by a few, or missing for a moment, counted from the last packet in front
// of it: at once, where pictures are single packets; then once in each time there and
// back, until it comes, or is given up: after a number of requests, a time, or when slots would not take it any more.
// There is no timer: packets and reports of the peer drive it.
//
// Not thread-safe; guarded by its owner.
class NackList {
 public:
  // What overtook it by less may be on its way.
  static constexpr int kReorderPackets = 2;
  static constexpr int64_t kReorderNs = 10'000'000;
  // The time there and back: while it is not known, and the least and most that it is taken for.
  static constexpr int64_t kUnknownRttNs = 100'000'000;
  static constexpr int64_t kMinRttNs = 20'000'000;
  static constexpr int64_t kMaxRttNs = 500'000'000;
  static constexpr int kMaxTries = 10;
  static constexpr int64_t kMaxAgeNs = 1'000'000'000;
  // Packets that slots take late (SequenceMap). More missing at once than that are given up at once.
  static constexpr int kWindow = SequenceMap::kWindow;

  // A packet came on the stream itself. Returns false where so much is missing in front of it that nothing is asked for.
  bool OnPacket(uint16_t sequence, int64_t now_ns) noexcept;
  // A packet came because it was asked for. Returns the time since, where it was asked for just once; -1 else.
  int64_t OnRepaired(uint16_t sequence, int64_t now_ns) noexcept;

  bool empty() const noexcept { return missing_.empty(); }

  // Calls `ask(sequence)` for what is to be asked for now, in the order of the numbers, as long as it returns true, and
  // `give_up(sequence)` for what is not asked for any more. `rtt_ns` is -1 while it is not known.
  template <class Ask, class GiveUp>
  void Due(int64_t now_ns, int64_t rtt_ns, Ask ask, GiveUp give_up) noexcept {
    size_t kept = 0;
    bool goes_on = true;
    for (size_t i = 0; i < missing_.size(); ++i) {
      Missing& each = missing_[i];
      if (IsHopeless(each, now_ns, rtt_ns)) {
        give_up(each.sequence);
        continue;
      }
      if (goes_on && IsDue(each, now_ns, rtt_ns)) {
        goes_on = ask(each.sequence);
        if (goes_on) each.OnAsked(now_ns);
      }
      missing_[kept++] = each;
    }
    missing_.resize(kept);
  }

 private:
  struct Missing {
    uint16_t sequence = 0;
    uint8_t tries = 0;
    // The packet in front of it came then.
    int64_t since_ns = 0;
    int64_t asked_ns = 0;

    void OnAsked(int64_t now_ns) {
      tries += 1;
      asked_ns = now_ns;
    }
  };

  int Behind(const Missing& each) const noexcept { return static_cast<int16_t>(highest_ - each.sequence); }
  static int64_t Pace(int64_t rtt_ns) noexcept;
  bool IsDue(const Missing& each, int64_t now_ns, int64_t rtt_ns) const noexcept;
  bool IsHopeless(const Missing& each, int64_t now_ns, int64_t rtt_ns) const noexcept;

  bool any_ = false;
  uint16_t highest_ = 0;
  int64_t highest_ns_ = 0;
  // By number, the oldest first.
  std::vector<Missing> missing_;
};

}  // namespace media
