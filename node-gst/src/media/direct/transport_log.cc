#include "media/direct/transport_log.h"

namespace media {

void TransportLog::OnSent(uint16_t sequence, size_t size) noexcept {
  newest_ = sequence;
  entries_[sequence % kSize] = {static_cast<uint16_t>(size), State::kSent};
}

void TransportLog::OnFeedback(TransportFeedback feedback, int64_t now_ns) noexcept {
  int64_t received = 0;
  int64_t lost = 0;
  int64_t bytes = 0;
  for (TransportFeedback::Status status; feedback.Next(status);) {
    if (!Holds(status.sequence)) continue;
    Entry& entry = entries_[status.sequence % kSize];
    if (entry.state == State::kUnknown || entry.state == State::kReceived) continue;
    if (status.received) {
      received += 1;
      bytes += entry.size;
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

}  // namespace media
