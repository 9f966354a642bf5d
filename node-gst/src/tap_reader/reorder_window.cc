#include "tap_reader/reorder_window.h"

#include <algorithm>
#include <utility>

namespace tap_reader {
namespace {

// Keeps numbers above 0, so that the rest of a division needs no care.
constexpr int64_t kFirst = 1 << 17;
constexpr int64_t kWrap = 1 << 16;

}  // namespace

int64_t ReorderWindow::Unwrap(uint16_t sequence) const noexcept {
  const int64_t ahead = static_cast<int16_t>(sequence - static_cast<uint16_t>(next_));
  return next_ + (ahead < -kHistory ? ahead + kWrap : ahead);
}

ReorderWindow::Added ReorderWindow::Add(StreamPacket packet, int64_t now_ns) {
  if (!started_) {
    started_ = true;
    next_ = kFirst + packet.sequence;
  }
  const int64_t number = Unwrap(packet.sequence);
  if (number < next_) return out_[number % kHistory] ? Added::kDuplicate : Added::kLate;
  const auto behind = held_.lower_bound(number);
  if (behind != held_.end() && behind->first == number) return Added::kDuplicate;
  const int64_t since_ns = behind == held_.end() ? now_ns : behind->second.since_ns;
  held_.emplace_hint(behind, number, Held{std::move(packet), since_ns});
  return Added::kHeld;
}

StreamPacket* ReorderWindow::Front(int64_t now_ns) noexcept {
  if (held_.empty()) return nullptr;
  auto& [number, front] = *held_.begin();
  const bool due = number == next_ || flushing_ || now_ns - front.since_ns >= patience_ns_ ||
                   held_.rbegin()->first - next_ >= kSpan;
  return due ? &front.packet : nullptr;
}

uint64_t ReorderWindow::LostBeforeFront() const noexcept {
  return held_.empty() ? 0 : static_cast<uint64_t>(held_.begin()->first - next_);
}

void ReorderWindow::Pop() noexcept {
  const int64_t number = held_.begin()->first;
  // What was skipped did not come out; further back is not looked at.
  for (int64_t skipped = std::max(next_, number - kHistory); skipped < number; ++skipped) out_[skipped % kHistory] = false;
  out_[number % kHistory] = true;
  next_ = number + 1;
  held_.erase(held_.begin());
}

}  // namespace tap_reader
