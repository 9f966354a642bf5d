// Which packets of a transport arrived, and when: what transport-wide congestion control feedback tells
// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "media/rtp.h"

namespace media {

// What arrived is told once; what comes late, once more, with all that came behind it, for it was told as lost.
//
// Not thread-safe; guarded by its owner.
class ArrivalLog {
 public:
  // Of numbers between the first and the last that are told. When more arrive, the oldest are never told.
  static constexpr uint16_t kSize = 512;
  // A feedback goes out when so much is to tell and so long has passed, or after the longer time with anything at all:
  // what browsers' estimators are made for.
  static constexpr uint16_t kMany = 20;
  static constexpr int64_t kManyNs = 100'000'000;
  static constexpr int64_t kAnyNs = 250'000'000;
  // The longest body of a feedback: each status may take a chunk's seventh, each arrival two bytes.
  static constexpr size_t kMaxBody = 1000;

  void OnArrival(uint16_t sequence, int64_t now_ns) noexcept;

  bool IsDue(int64_t now_ns) const noexcept;
  // Writes what follows the two SSRCs of a feedback, a multiple of four bytes, as much as there is room for; returns its
  // size. Call again while IsDue().
  size_t Write(int64_t now_ns, std::span<uint8_t> out) noexcept;

 private:
  static constexpr int64_t kMissing = -1;
  struct Entry {
    // Not wrapped.
    int64_t number = kMissing;
    int64_t arrived_ns = 0;
  };
  const Entry* Find(int64_t number) const noexcept;
  int64_t Unwrap(uint16_t sequence) const noexcept;

  std::array<Entry, kSize> entries_{};
  // What is told next, and the highest that arrived. Not wrapped.
  int64_t next_ = 0;
  int64_t highest_ = kMissing;
  // Arrivals since the last feedback.
  uint16_t waiting_ = 0;
  int64_t last_ns_ = 0;
  uint8_t feedbacks_ = 0;
};

}  // namespace media
