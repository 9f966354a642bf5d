#include "media/sequence_map.h"

namespace media {

void SequenceMap::Start(uint16_t in) noexcept {
  highest_in_ = static_cast<uint16_t>(in - 1);
  floor_ = highest_out_ + 1;
}

SequenceMap::Result SequenceMap::Map(uint16_t in, uint16_t& out) noexcept {
  const int16_t ahead = static_cast<int16_t>(in - highest_in_);
  if (ahead > 0) {
    highest_in_ = in;
    Advance(static_cast<uint32_t>(ahead));
    out = static_cast<uint16_t>(highest_out_);
    return Result::kNew;
  }
  const uint32_t back = static_cast<uint32_t>(-static_cast<int32_t>(ahead));
  if (back >= kWindow || highest_out_ - back < floor_) return Result::kLate;
  uint64_t& word = sent_[back / 64];
  const uint64_t bit = uint64_t{1} << (back % 64);
  if ((word & bit) != 0) return Result::kDuplicate;
  word |= bit;
  out = static_cast<uint16_t>(highest_out_ - back);
  return Result::kNew;
}

void SequenceMap::Advance(uint32_t by) noexcept {
  highest_out_ += by;
  if (by >= kWindow) {
    sent_[0] = sent_[1] = 0;
  } else if (by >= 64) {
    sent_[1] = by == 64 ? sent_[0] : sent_[0] << (by - 64);
    sent_[0] = 0;
  } else {
    sent_[1] = sent_[1] << by | sent_[0] >> (64 - by);
    sent_[0] <<= by;
  }
  sent_[0] |= 1;
}

}  // namespace media
