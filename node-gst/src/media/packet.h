// One accepted packet on its way from a publisher to slots: parsed once, read by every slot.
#pragma once
#include <cstdint>

#include "media/rtp.h"
#include "media/vp8.h"

namespace media {

struct MediaPacket {
  RtpView rtp;
  // CSRC of the publishing device.
  uint32_t csrc = 0;
  // Counts up in a track each time another stream (SSRC, or a restarted one) takes it over; from 1.
  uint32_t epoch = 0;
  // No later packet of its stream has arrived.
  bool newest = true;
  // Set by the track; counts up each time its gate lets packets through again.
  uint32_t spurt = 0;
  int64_t arrival_ns = 0;
  int64_t capture_ns = 0;
  // The RFC 6464 byte (voice bit and level); -1 where the packet has none.
  int16_t audio_level = -1;
  // Video: a decoder can start with this packet.
  bool keyframe = false;
  // VP8: what the payload starts with; `size` is 0 where there is no descriptor.
  Vp8Descriptor vp8;

  bool HasLevel() const noexcept { return audio_level >= 0; }
  // -dBov: 0 is the loudest, 127 silence.
  uint8_t Level() const noexcept { return audio_level & 0x7F; }
  bool Voiced() const noexcept { return (audio_level & 0x80) != 0; }
};

}  // namespace media
