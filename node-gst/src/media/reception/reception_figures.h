// How what a publisher sends arrives here.
#pragma once
#include <cstdint>
#include <vector>

namespace media {

struct ReceptionFigures {
  // Of one stream that was received.
  struct Stream {
    uint32_t ssrc = 0;
    uint32_t clock_rate = 0;
    uint64_t packets = 0;
    // On its way, since it began; sent again or not.
    uint32_t lost = 0;
    // 0 to 1, of what came between the last two reports; -1 before the first.
    double loss = -1;
    int64_t jitter_ns = 0;
  };

  std::vector<Stream> streams;
  // There and back, by what was sent again; -1 while nothing was.
  int64_t rtt_ns = -1;
  // Counted up: packets asked for again, each as often as it was; packets that came in a stream of resends.
  uint64_t asked_again = 0;
  uint64_t repaired = 0;
};

}  // namespace media
