// What went out on one transport, by its transport-wide numbers, against the feedback that comes for it.
#pragma once
#include <array>
#include <cstdint>

#include "media/direct/arrival_window.h"
#include "media/direct/queue_meter.h"
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
  void OnSent(uint16_t sequence, size_t size, int64_t now_ns) noexcept;
  void OnFeedback(TransportFeedback feedback, int64_t now_ns) noexcept;
  // All feedback in a compound, where somebody else numbers what is sent, in place of the two above: what it tells of was
  // sent. Sizes and times are not known. What a compound can cost is bounded by `kSize`, whatever it says.
  void ReadAlone(Bytes compound, int64_t now_ns) noexcept;

  ArrivalWindow& window() { return window_; }
  QueueMeter& queue() { return queue_; }

 private:
  enum class State : uint8_t { kUnknown, kSent, kLost, kReceived };
  struct Entry {
    // On the server's clock, without its upper bits: there is an entry for each of many packets of many peers.
    uint32_t sent_ms = 0;
    uint16_t size = 0;
    State state = State::kUnknown;
  };

  void Remember(uint16_t sequence, Entry entry) noexcept;
  // Of the receiver's clock, in ticks of the feedback, without the wraps.
  int64_t ReferenceOf(const TransportFeedback& feedback) noexcept;
  void TakeAsSent(const TransportFeedback& feedback) noexcept;
  bool Holds(uint16_t sequence) const noexcept { return static_cast<uint16_t>(newest_ - sequence) < kSize; }

  std::array<Entry, kSize> entries_{};
  uint16_t newest_ = 0;
  // Of `ReadAlone`: something was told of.
  bool begun_ = false;
  ArrivalWindow window_{kWindowNs};
  QueueMeter queue_;
  uint32_t reference_ = 0;
  int64_t reference_ticks_ = 0;
};

}  // namespace media
