// How what one peer sends gets here, as webrtcbin's RTP session counts it.
#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <vector>

namespace media {

// One SSRC of the peer's, a stream of resends included.
struct SourceFigures {
  uint32_t ssrc = 0;
  uint32_t clock_rate = 0;
  uint64_t packets = 0;
  // Since it began; not below 0, where packets came twice.
  uint32_t lost = 0;
  // 0 to 1, since the report before our last one; -1 before the first.
  double loss = -1;
  int64_t jitter_ns = 0;
};

// Of an rtpsession, which may be null: those that sent anything. Any thread; takes the session's lock for a moment.
std::vector<SourceFigures> ReadSources(GstElement* session);

}  // namespace media
