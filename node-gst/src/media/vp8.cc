#include "media/vp8.h"

namespace media {

Vp8Descriptor ParseVp8Descriptor(Bytes payload) noexcept {
  if (payload.empty()) return {};
  Vp8Descriptor descriptor;
  const uint8_t first = payload[0];
  descriptor.frame_start = (first & 0x10) != 0 && (first & 0x07) == 0;
  size_t at = 1;
  if ((first & 0x80) != 0) {
    if (payload.size() <= at) return {};
    const uint8_t present = payload[at++];
    if ((present & 0x80) != 0) {
      if (payload.size() <= at) return {};
      const bool wide = (payload[at] & 0x80) != 0;
      if (wide && payload.size() <= at + 1) return {};
      descriptor.picture_id_at = static_cast<uint8_t>(at);
      descriptor.picture_id_bits = wide ? 15 : 7;
      descriptor.picture_id = wide ? ReadU16(&payload[at]) & 0x7FFF : payload[at] & 0x7F;
      at += wide ? 2 : 1;
    }
    if ((present & 0x40) != 0) {
      if (payload.size() <= at) return {};
      descriptor.tl0_at = static_cast<uint8_t>(at);
      descriptor.tl0 = payload[at++];
    }
    if ((present & 0x30) != 0) at += 1;  // TID, Y, KEYIDX share a byte
  }
  if (payload.size() < at) return {};
  descriptor.size = static_cast<uint8_t>(at);
  return descriptor;
}

bool IsVp8Keyframe(Bytes payload, const Vp8Descriptor& descriptor) noexcept {
  // The first byte of the frame has the inverse key frame flag in bit 0 (RFC 7741 §4.3).
  return descriptor.size != 0 && descriptor.frame_start && payload.size() > descriptor.size &&
         (payload[descriptor.size] & 0x01) == 0;
}

}  // namespace media
