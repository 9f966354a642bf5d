// A bounded queue of bytes in memory that is taken once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "media/rtp.h"

namespace media {

// Whoever puts and whoever takes may be two threads, where every call is made under one lock; what Front() gave may be
// read without it, for nothing is put into the same place before Consume().
class FrameRing {
 public:
  explicit FrameRing(size_t capacity);

  // Appends both pieces, or nothing where they do not fit. The pieces are one frame: never half of one.
  bool Put(Bytes first, Bytes second) noexcept;

  struct Pieces {
    Bytes first;
    // What lies at the start of the memory, behind `first`; mostly empty.
    Bytes second;
    size_t size() const { return first.size() + second.size(); }
  };
  // Everything that waits.
  Pieces Front() const noexcept;
  // `count` bytes of what Front() gave are done with.
  void Consume(size_t count) noexcept;

  size_t size() const { return size_; }
  // Gives the memory back; nothing fits any more.
  void Release() noexcept;

 private:
  void Append(Bytes piece) noexcept;

  size_t capacity_;
  // Pages of it that were never used cost nothing.
  std::unique_ptr<uint8_t[]> bytes_;
  size_t begin_ = 0;
  size_t size_ = 0;
};

}  // namespace media
