// How one stream of a peer gets here, whoever counts it.
#pragma once
#include <cstdint>

namespace media {

// One SSRC of the peer's, a stream of resends included.
struct SourceFigures {
  uint32_t ssrc = 0;
  uint32_t clock_rate = 0;
  uint64_t packets = 0;
  // On its way, since it began, sent again or not; not below 0, where packets came twice.
  uint32_t lost = 0;
  // 0 to 1, since the report before our last one; -1 before the first.
  double loss = -1;
  int64_t jitter_ns = 0;
};

}  // namespace media
