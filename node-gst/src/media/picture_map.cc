#include "media/picture_map.h"

namespace media {

void PictureMap::Start() noexcept {
  picture_id_.anchored = false;
  tl0_.anchored = false;
}

void PictureMap::Map(const Vp8Descriptor& in, uint8_t* descriptor) noexcept {
  if (in.picture_id_bits == 15) {
    const uint16_t out = picture_id_.Map(in.picture_id, 15);
    WriteU16(descriptor + in.picture_id_at, static_cast<uint16_t>(0x8000 | (out & 0x7FFF)));
  } else if (in.picture_id_bits == 7) {
    descriptor[in.picture_id_at] = picture_id_.Map(in.picture_id, 7) & 0x7F;
  }
  if (in.tl0_at != 0) descriptor[in.tl0_at] = static_cast<uint8_t>(tl0_.Map(in.tl0, 8));
}

uint16_t PictureMap::Count::Map(uint16_t value, uint8_t bits) noexcept {
  if (!anchored) {
    out = sent ? static_cast<uint16_t>(out + 1) : value;
    in = value;
    anchored = sent = true;
    return out;
  }
  // Sign-extends the difference from the counter's width.
  const int shift = 16 - bits;
  const int ahead = static_cast<int16_t>((value - in) << shift) >> shift;
  const uint16_t mapped = static_cast<uint16_t>(out + ahead);
  if (ahead > 0) {
    in = value;
    out = mapped;
  }
  return mapped;
}

}  // namespace media
