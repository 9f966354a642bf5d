// What was asked for again and sent again, as webrtcbin's own elements count it.
#pragma once
#include <gst/gst.h>

#include <cstdint>

namespace media {

// The names and meanings are those of RepairCounters in media.d.ts.
struct Repairs {
  uint64_t nacks_in = 0, nacks_out = 0, retransmissions_in = 0, retransmissions_out = 0;
};

// Of an rtpsession, an rtprtxsend and an rtprtxreceive, each of which may be null: webrtcbin makes the latter two where
// some video may be sent again. Any thread; takes the elements' locks for a moment.
Repairs ReadRepairs(GstElement* session, GstElement* retransmitter, GstElement* receiver) noexcept;

}  // namespace media
