// One RTP packet out of a tap.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "media/options.h"
#include "media/rtp.h"

namespace tap_reader {

using media::Bytes;

struct StreamPacket {
  std::vector<uint8_t> bytes;
  uint32_t ssrc = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint8_t payload_type = 0;
  // When it was captured, ns since 1970.
  int64_t unix_ns = 0;
  // Where the payload lies in `bytes`, without padding.
  size_t payload_at = 0;
  size_t payload_size = 0;

  Bytes payload() const { return Bytes(bytes).subspan(payload_at, payload_size); }
};

// Nothing where `frame` is no RTP packet or carries no time. The bytes are copied.
std::optional<StreamPacket> ParseFrame(Bytes frame);

// Whether a decoder can start with this packet; for audio always.
bool StartsDecoding(media::Codec codec, Bytes payload) noexcept;

// How long an Opus packet lasts (RFC 6716 §3.1): 20 ms where it does not say.
int64_t OpusDurationNs(Bytes payload) noexcept;

}  // namespace tap_reader
