#include "media/reception/arrival_log.h"

#include <algorithm>

namespace media {
namespace {

// Base sequence number, status count, reference time (24 bits), feedback count.
constexpr size_t kHead = 8;
constexpr int64_t kReferenceNs = 64'000'000;
constexpr int64_t kDeltaNs = 250'000;
constexpr size_t kChunk = 2;
constexpr size_t kInVector = 7;
constexpr size_t kMaxRun = 8191;

enum Status : uint8_t { kNotReceived = 0, kSmallDelta = 1, kLargeDelta = 2 };

// Statuses and deltas of one feedback, and how long they get.
class Body {
 public:
  explicit Body(size_t room) : room_(room) {}

  // False where there is no more room. Each is taken to need its share of a chunk of its own.
  bool Add(Status status, int16_t delta) {
    const size_t size = size_ + status;
    if (kHead + size + (count_ / kInVector + 1) * kChunk + 3 > room_ || count_ == statuses_.size()) return false;
    statuses_[count_] = status;
    deltas_[count_] = delta;
    count_ += 1;
    size_ = size;
    return true;
  }

  size_t count() const { return count_; }

  // Behind the head. Returns the end.
  uint8_t* Write(uint8_t* at) const {
    for (size_t i = 0; i < count_;) at = WriteChunk(at, i);
    for (size_t i = 0; i < count_; ++i) {
      const auto delta = static_cast<uint16_t>(deltas_[i]);
      if (statuses_[i] == kLargeDelta) *at++ = static_cast<uint8_t>(delta >> 8);
      if (statuses_[i] != kNotReceived) *at++ = static_cast<uint8_t>(delta);
    }
    return at;
  }

 private:
  uint8_t* WriteChunk(uint8_t* at, size_t& i) const {
    size_t run = 1;
    while (i + run < count_ && statuses_[i + run] == statuses_[i] && run < kMaxRun) run += 1;
    uint16_t chunk = 0;
    if (run >= kInVector || i + run == count_) {
      chunk = static_cast<uint16_t>(statuses_[i] << 13 | run);
      i += run;
    } else {
      chunk = 0xC000;
      for (size_t each = 0; each < kInVector && i < count_; ++each, ++i) {
        chunk = static_cast<uint16_t>(chunk | statuses_[i] << (2 * (kInVector - 1 - each)));
      }
    }
    WriteU16(at, chunk);
    return at + kChunk;
  }

  const size_t room_;
  size_t count_ = 0;
  size_t size_ = 0;
  std::array<Status, ArrivalLog::kSize> statuses_;
  std::array<int16_t, ArrivalLog::kSize> deltas_;
};

}  // namespace

void ArrivalLog::OnArrival(uint16_t sequence, int64_t now_ns) noexcept {
  const int64_t number = Unwrap(sequence);
  const bool first = highest_ == kMissing;
  if (!first && number <= highest_ - kSize) return;
  if (Find(number) != nullptr) return;
  entries_[static_cast<size_t>(number % kSize)] = {number, now_ns};
  if (first) {
    next_ = number;
    last_ns_ = now_ns;
  }
  highest_ = std::max(highest_, number);
  next_ = std::max(std::min(next_, number), highest_ - kSize + 1);
  waiting_ += 1;
}

// The numbers begin in the second round, so that what was overtaken by the first is above 0.
int64_t ArrivalLog::Unwrap(uint16_t sequence) const noexcept {
  if (highest_ == kMissing) return 0x10000 + int64_t{sequence};
  return highest_ + static_cast<int16_t>(sequence - static_cast<uint16_t>(highest_));
}

const ArrivalLog::Entry* ArrivalLog::Find(int64_t number) const noexcept {
  if (number < 0) return nullptr;
  const Entry& entry = entries_[static_cast<size_t>(number % kSize)];
  return entry.number == number ? &entry : nullptr;
}

bool ArrivalLog::IsDue(int64_t now_ns) const noexcept {
  if (waiting_ == 0) return false;
  return now_ns - last_ns_ >= (waiting_ >= kMany ? kManyNs : kAnyNs) || waiting_ >= kSize / 2;
}

size_t ArrivalLog::Write(int64_t now_ns, std::span<uint8_t> out) noexcept {
  const int64_t base = next_;
  const Entry* first = nullptr;
  for (int64_t number = base; number <= highest_ && first == nullptr; ++number) first = Find(number);
  if (first == nullptr || out.size() < kHead + kChunk + 4) return 0;

  const int64_t reference = first->arrived_ns / kReferenceNs;
  int64_t before = reference * (kReferenceNs / kDeltaNs);
  Body body(out.size());
  int told = 0;
  for (; next_ <= highest_; ++next_) {
    const Entry* const entry = Find(next_);
    const int64_t at = entry == nullptr ? before : entry->arrived_ns / kDeltaNs;
    const int64_t delta = at - before;
    // Further apart than a feedback can tell: the next one's.
    if (delta != static_cast<int16_t>(delta)) break;
    const Status status = entry == nullptr ? kNotReceived : delta >= 0 && delta <= 255 ? kSmallDelta : kLargeDelta;
    if (!body.Add(status, static_cast<int16_t>(delta))) break;
    before = at;
    told += entry != nullptr;
  }
  WriteU16(&out[0], static_cast<uint16_t>(base));
  WriteU16(&out[2], static_cast<uint16_t>(body.count()));
  WriteU32(&out[4], static_cast<uint32_t>(reference) << 8 | feedbacks_++);
  uint8_t* end = body.Write(&out[kHead]);
  while ((end - out.data()) % 4 != 0) *end++ = 0;
  const bool told_all = next_ > highest_;
  // What is told again did not wait.
  waiting_ = told_all ? 0 : static_cast<uint16_t>(std::max(waiting_ - told, 1));
  if (told_all) last_ns_ = now_ns;
  return static_cast<size_t>(end - out.data());
}

}  // namespace media
