// The VP8 payload descriptor (RFC 7741 §4.2): parsing, and writing counters back in the same size. Pure functions.
#pragma once
#include <cstdint>

#include "media/rtp.h"

namespace media {

struct Vp8Descriptor {
  // Bytes of the descriptor; 0 where the payload is empty or cut short.
  uint8_t size = 0;
  // The first packet of partition 0: the frame starts here.
  bool frame_start = false;
  // Width of the picture id: 0 (absent), 7 or 15.
  uint8_t picture_id_bits = 0;
  // Offset of the picture id and of TL0PICIDX in the payload; 0 where absent.
  uint8_t picture_id_at = 0;
  uint8_t tl0_at = 0;
  uint16_t picture_id = 0;
  uint8_t tl0 = 0;
};

Vp8Descriptor ParseVp8Descriptor(Bytes payload) noexcept;

// Whether a decoder can start with this packet.
bool IsVp8Keyframe(Bytes payload, const Vp8Descriptor& descriptor) noexcept;

}  // namespace media
