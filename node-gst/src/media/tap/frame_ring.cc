#include "media/tap/frame_ring.h"

#include <algorithm>
#include <cstring>

namespace media {

FrameRing::FrameRing(size_t capacity)
    : capacity_(capacity), bytes_(std::make_unique_for_overwrite<uint8_t[]>(capacity)) {}

bool FrameRing::Put(Bytes first, Bytes second) noexcept {
  if (first.size() + second.size() > capacity_ - size_) return false;
  Append(first);
  Append(second);
  return true;
}

void FrameRing::Append(Bytes piece) noexcept {
  if (piece.empty()) return;
  size_t at = begin_ + size_;
  if (at >= capacity_) at -= capacity_;
  const size_t before_end = std::min(piece.size(), capacity_ - at);
  std::memcpy(&bytes_[at], piece.data(), before_end);
  if (before_end < piece.size()) std::memcpy(&bytes_[0], piece.data() + before_end, piece.size() - before_end);
  size_ += piece.size();
}

FrameRing::Pieces FrameRing::Front() const noexcept {
  const size_t before_end = std::min(size_, capacity_ - begin_);
  return {{bytes_.get() + begin_, before_end}, {bytes_.get(), size_ - before_end}};
}

void FrameRing::Consume(size_t count) noexcept {
  size_ -= count;
  begin_ += count;
  if (begin_ >= capacity_) begin_ -= capacity_;
  // An empty ring begins anew, so that one that is read in time only ever touches its first pages.
  if (size_ == 0) begin_ = 0;
}

void FrameRing::Release() noexcept {
  bytes_ = nullptr;
  capacity_ = begin_ = size_ = 0;
}

}  // namespace media
