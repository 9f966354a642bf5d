// Bytes of a stream to frames: each behind its length in 16 bits (RFC 4571).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "media/rtp.h"

namespace tap_reader {

using media::Bytes;

// Not thread-safe.
class FrameReader {
 public:
  FrameReader();

  // Where the next bytes are to be read to; never empty once Next() gave nothing.
  std::span<uint8_t> Space() noexcept;
  void Filled(size_t count) noexcept { end_ += count; }

  // The next whole frame, which may be empty; valid until Space() is called.
  std::optional<Bytes> Next() noexcept;

  // Bytes of a frame that is not whole.
  size_t left_over() const { return end_ - begin_; }

 private:
  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace tap_reader
