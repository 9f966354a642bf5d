// Which packet indices of an SSRC were used (RFC 3711 §3.3.1 and §3.3.2): SRTP's of 48 bits, or SRTCP's of 31. Pure; no
// threads.
#pragma once
#include <cstdint>
#include <optional>

namespace media {

// Not thread-safe.
class SrtpIndex {
 public:
  // How far back indices may come late.
  static constexpr uint64_t kWindow = 128;

  // The index of a packet with this sequence number: the one nearest to the highest used. Nothing where it was used
  // before, or lies so far back that this is not known any more.
  std::optional<uint64_t> Estimate(uint16_t sequence) const noexcept {
    if (!any_) return sequence;
    const int16_t ahead = static_cast<int16_t>(sequence - static_cast<uint16_t>(highest_));
    if (ahead > 0) return highest_ + static_cast<uint64_t>(ahead);
    const uint64_t back = static_cast<uint64_t>(-int64_t{ahead});
    if (back > highest_ || !IsFresh(highest_ - back)) return std::nullopt;
    return highest_ - back;
  }

  // False where it was used before, or lies so far back that this is not known any more.
  bool IsFresh(uint64_t index) const noexcept {
    if (!any_ || index > highest_) return true;
    const uint64_t back = highest_ - index;
    return back < kWindow && !WasUsed(back);
  }

  // `index` was returned by Estimate, or is fresh, and nothing was used in between.
  void Use(uint64_t index) noexcept {
    if (!any_ || index > highest_) {
      Advance(any_ ? index - highest_ : kWindow);
      highest_ = index;
      any_ = true;
    }
    const uint64_t back = highest_ - index;
    used_[back / 64] |= uint64_t{1} << (back % 64);
  }

 private:
  bool WasUsed(uint64_t back) const noexcept { return (used_[back / 64] >> (back % 64) & 1) != 0; }

  void Advance(uint64_t by) noexcept {
    if (by >= kWindow) {
      used_[0] = used_[1] = 0;
    } else if (by >= 64) {
      used_[1] = used_[0] << (by - 64);
      used_[0] = 0;
    } else {
      used_[1] = used_[1] << by | used_[0] >> (64 - by);
      used_[0] <<= by;
    }
  }

  bool any_ = false;
  uint64_t highest_ = 0;
  // Bit n: highest_ - n was used. [0] holds bits 0..63.
  uint64_t used_[2] = {0, 0};
};

}  // namespace media
