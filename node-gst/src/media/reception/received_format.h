// What a payload type of a publisher stands for.
#pragma once
#include <cstdint>
#include <vector>

#include "media/options.h"

namespace media {

struct ReceivedFormat {
  uint8_t payload_type = 0;
  // Of a stream of resends (RFC 4588): of what it sends again.
  uint8_t repairs = 0;
  bool is_repair = false;
  Kind kind = Kind::kAudio;
  uint32_t clock_rate = 0;
  bool nack = false;
  // The id of the header extension; 0 where it was not negotiated.
  uint8_t transport_cc = 0;
};

// Sections of one bundle may share a payload type only where it stands for the same (RFC 8843 §9.1): the first counts.
std::vector<ReceivedFormat> FormatsOf(const std::vector<TrackOptions>& tracks);

// Null where no section has it.
const ReceivedFormat* FindFormat(const std::vector<ReceivedFormat>& formats, uint8_t payload_type) noexcept;

}  // namespace media
