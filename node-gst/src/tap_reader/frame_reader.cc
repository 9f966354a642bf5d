#include "tap_reader/frame_reader.h"

#include <cstring>

namespace tap_reader {
namespace {

constexpr size_t kLengthSize = 2;
// Several of the largest frames, so that one is seldom moved.
constexpr size_t kBufferSize = 4 << 16;

}  // namespace

FrameReader::FrameReader() : buffer_(kBufferSize) {}

std::span<uint8_t> FrameReader::Space() noexcept {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return std::span(buffer_).subspan(end_);
}

std::optional<Bytes> FrameReader::Next() noexcept {
  if (left_over() < kLengthSize) return std::nullopt;
  const size_t size = media::ReadU16(&buffer_[begin_]);
  if (left_over() < kLengthSize + size) return std::nullopt;
  const Bytes frame = Bytes(buffer_).subspan(begin_ + kLengthSize, size);
  begin_ += kLengthSize + size;
  return frame;
}

}  // namespace tap_reader
