// How what is sent to one peer gets there, as its receiver tells. A receiver's claims: nothing but figures and the pace
// of its own resends may depend on them.
#pragma once
#include <cstdint>
#include <vector>

namespace media {

// Of one slot, by the last report block on it.
struct StreamFigures {
  uint32_t mline = 0;
  // 0 to 1, since the report before.
  double loss = 0;
  // Since it began; not below 0, where packets came twice.
  uint32_t lost = 0;
  int64_t jitter_ns = 0;
};

struct ReceiverFigures {
  // What receivers cannot tell yet is -1.

  // Lost on the way in the last ten seconds, 0 to 1, by report blocks.
  double loss = -1;
  // The same for the last second by transport-wide feedback, which tells of all streams and of resends, too.
  double transport_loss = -1;
  // How much longer packets took at least in the last second than at best in the last minute.
  int64_t queue_ns = -1;
  // Smoothed, of reports there and back.
  int64_t rtt_ns = -1;
  // Of the stream that has most.
  int64_t jitter_ns = -1;
  // What arrived in the last second, in bits per second, by transport-wide feedback.
  int64_t received_bitrate = -1;
  // What the receiver says it could take, in bits per second, where it says so (REMB).
  int64_t receiver_limit = -1;
  // Counted up: lost by report blocks; asked for again, each as often as it was; and sent again.
  uint64_t lost = 0;
  uint64_t asked_again = 0;
  uint64_t resent = 0;
  // Slots that were reported on.
  std::vector<StreamFigures> streams;
};

}  // namespace media
