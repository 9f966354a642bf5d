// VP8 picture ids and TL0PICIDX of a slot: continuous over switches, in the width the publisher uses, so that the
// descriptor keeps its size. Decoders order frames by them and stall on a jump.
#pragma once
#include <cstdint>

#include "media/vp8.h"

namespace media {

// Not thread-safe; guarded by its slot.
class PictureMap {
 public:
  // Another stream begins: its first picture id and TL0PICIDX follow the highest sent.
  void Start() noexcept;
  // Rewrites both in `descriptor`, the bytes the parsed `in` describes.
  void Map(const Vp8Descriptor& in, uint8_t* descriptor) noexcept;

 private:
  // One counter that is mapped by its distance to the highest seen, modulo its width.
  struct Count {
    bool sent = false;
    bool anchored = false;
    uint16_t in = 0;
    uint16_t out = 0;
    uint16_t Map(uint16_t value, uint8_t bits) noexcept;
  };

  // Kept to 15 bits whatever the width on the wire.
  Count picture_id_;
  Count tl0_;
};

}  // namespace media
