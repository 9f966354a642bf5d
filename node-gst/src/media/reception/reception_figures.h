// How what a publisher sends arrives here.
#pragma once
#include <cstdint>
#include <vector>

#include "media/source_figures.h"

namespace media {

struct ReceptionFigures {
  // Of each stream that was received.
  std::vector<SourceFigures> streams;
  // There and back, by what was sent again; -1 while nothing was.
  int64_t rtt_ns = -1;
  // Counted up: packets asked for again, each as often as it was; packets that came in a stream of resends.
  uint64_t asked_again = 0;
  uint64_t repaired = 0;
};

}  // namespace media
