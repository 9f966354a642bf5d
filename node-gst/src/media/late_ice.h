// What ICE still tells of a peer that ends.
#pragma once
#include <agent.h>

namespace media {

// The agent tells nobody of its state any more. Call before the pipeline goes to NULL: behind that, webrtcbin takes a
// change of the state for a reason to block its receiving side, and this block has a reference of what it blocks. Then
// neither is ever given up, nor the agent, nor its sockets (transport_receive_bin_set_receive_state, in 1.22 and later).
// Any thread. What is being told at the moment is told to the end; of a transport that is made later, it tells again.
void NoLateIce(NiceAgent* agent) noexcept;

}  // namespace media
