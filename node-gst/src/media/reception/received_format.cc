#include "media/reception/received_format.h"

#include <algorithm>

namespace media {

std::vector<ReceivedFormat> FormatsOf(const std::vector<TrackOptions>& tracks) {
  std::vector<ReceivedFormat> formats;
  const auto add = [&](ReceivedFormat format) {
    if (FindFormat(formats, format.payload_type) == nullptr) formats.push_back(format);
  };
  for (const TrackOptions& track : tracks) {
    ReceivedFormat format;
    format.payload_type = track.payload_type;
    format.kind = track.kind;
    format.clock_rate = track.clock_rate;
    format.nack = track.nack;
    format.transport_cc = track.extensions.transport_cc;
    add(format);
    if (!track.repair) continue;
    format.payload_type = track.repair->payload_type;
    format.repairs = track.payload_type;
    format.is_repair = true;
    add(format);
  }
  return formats;
}

const ReceivedFormat* FindFormat(const std::vector<ReceivedFormat>& formats, uint8_t payload_type) noexcept {
  const auto found = std::find_if(formats.begin(), formats.end(), [&](const ReceivedFormat& f) { return f.payload_type == payload_type; });
  return found == formats.end() ? nullptr : &*found;
}

}  // namespace media
