#include "media/tap/tap_egress.h"

#include <array>
#include <cstring>

#include "media/head_builder.h"
#include "media/ntp.h"

namespace media {

bool TapEgress::Send(const OutPacket& packet) noexcept {
  std::array<uint8_t, 2 + OutPacket::kHeadCapacity> head;
  WriteU16(head.data(), static_cast<uint16_t>(packet.size()));
  uint8_t* const rtp = head.data() + 2;
  std::memcpy(rtp, packet.head.data(), packet.head_size);
  WriteNtp64(rtp + HeadBuilder::kNtp64At, packet.capture_ns + unix_offset_ns_);
  return stream_->Put({head.data(), 2 + packet.head_size}, {packet.payload, packet.payload_size});
}

}  // namespace media
