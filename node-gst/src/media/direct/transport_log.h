// What went out on one transport, by its transport-wide numbers, against the feedback that comes for it.
#pragma once
#include <array>
#include <cstdint>

#include "media/direct/arrival_window.h"
#include "media/direct/transport_feedback.h"

namespace media {

// Not thread-safe; guarded by its owner.
class TransportLog {
 public:
  // Feedback comes ten times a second or so and within a second; 4096 packets in that time are 36 Mbit/s. What is
  // beyond is no longer counted.
  static constexpr uint16_t kSize = 4096;
  // What is not reported in that time says nothing about now.
  static constexpr int64_t kWindowNs = 1'000'000'000;

  // Numbers follow each other, wrapping. `size` in bytes.
  void OnSent(uint16_t sequence, size_t size) noexcept;
  void OnFeedback(TransportFeedback feedback, int64_t now_ns) noexcept;

  ArrivalWindow& window() { return window_; }

 private:
  enum class State : uint8_t { kUnknown, kSent, kLost, kReceived };
  struct Entry {
    uint16_t size = 0;
    State state = State::kUnknown;
  };

  bool Holds(uint16_t sequence) const noexcept { return static_cast<uint16_t>(newest_ - sequence) < kSize; }

  std::array<Entry, kSize> entries_{};
  uint16_t newest_ = 0;
  ArrivalWindow window_{kWindowNs};
};

}  // namespace media
