#include "media/direct/transport_log.h"

#include <cstdlib>

namespace media {

namespace {

// No time of sending: it is not ours.
constexpr uint32_t kUnknownMs = UINT32_MAX;
constexpr int64_t kNsPerMs = 1'000'000;
// A minute, in units of reference times, and years, in ticks.
constexpr int32_t kJump = 60'000 / 64;
constexpr int64_t kFarTicks = int64_t{1} << 40;

uint32_t MsOf(int64_t ns) { return static_cast<uint32_t>(ns / kNsPerMs); }

}  // namespace

void TransportLog::OnSent(uint16_t sequence, size_t size, int64_t now_ns) noexcept {
  Remember(sequence, {MsOf(now_ns), static_cast<uint16_t>(size), State::kSent});
}

void TransportLog::Remember(uint16_t sequence, Entry entry) noexcept {
  newest_ = sequence;
  entries_[sequence % kSize] = entry;
}

void TransportLog::OnFeedback(TransportFeedback feedback, int64_t now_ns) noexcept {
  int64_t received = 0;
  int64_t lost = 0;
  int64_t bytes = 0;
  const int64_t reference = ReferenceOf(feedback);
  for (TransportFeedback::Status status; feedback.Next(status);) {
    if (!Holds(status.sequence)) continue;
    Entry& entry = entries_[status.sequence % kSize];
    if (entry.state == State::kUnknown || entry.state == State::kReceived) continue;
    if (status.received) {
      received += 1;
      bytes += entry.size;
      if (status.timed && entry.sent_ms != kUnknownMs) {
        const int64_t age_ns = int64_t{MsOf(now_ns) - entry.sent_ms} * kNsPerMs;
        queue_.Add(now_ns, (reference + status.ticks) * TransportFeedback::kTickNs - (now_ns - age_ns));
      }
      // It was late.
      if (entry.state == State::kLost) lost -= 1;
      entry.state = State::kReceived;
    } else if (entry.state == State::kSent) {
      lost += 1;
      entry.state = State::kLost;
    }
  }
  window_.Add(now_ns, received, lost, bytes);
}

void TransportLog::ReadAlone(Bytes compound, int64_t now_ns) noexcept {
  uint16_t left = kSize;
  RtcpReader reader(compound);
  for (RtcpPacket packet; reader.Next(packet);) {
    const auto feedback = TransportFeedback::Of(packet);
    if (!feedback || feedback->count() == 0 || feedback->count() > left) continue;
    left -= feedback->count();
    TakeAsSent(*feedback);
    OnFeedback(*feedback, now_ns);
  }
}

void TransportLog::TakeAsSent(const TransportFeedback& feedback) noexcept {
  const auto last = static_cast<uint16_t>(feedback.next() + feedback.count() - 1);
  // Of numbers that nobody told of for long, or ever, only these are known.
  const bool jumps = static_cast<uint16_t>(last - newest_) > kSize && !Holds(last);
  if (!begun_ || jumps) newest_ = static_cast<uint16_t>(feedback.next() - 1);
  begun_ = true;
  while (!Holds(last)) Remember(static_cast<uint16_t>(newest_ + 1), {kUnknownMs, 0, State::kSent});
}

int64_t TransportLog::ReferenceOf(const TransportFeedback& feedback) noexcept {
  // A signed difference of 24 bits.
  const int32_t moved = static_cast<int32_t>((feedback.reference() - reference_) << 8) >> 8;
  reference_ = feedback.reference();
  reference_ticks_ += int64_t{moved} * TransportFeedback::kReferenceTicks;
  // A clock that jumps is another clock; so is one that has run for years.
  if (std::abs(moved) > kJump || std::abs(reference_ticks_) > kFarTicks) {
    reference_ticks_ = 0;
    queue_ = {};
  }
  return reference_ticks_;
}

}  // namespace media
