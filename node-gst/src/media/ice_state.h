// What ICE tells of its state, and what webrtcbin must not hear of it: it blocks its receiving side on any state but a
// connected one, and lets go of that on a connected one alone (transport_receive_bin_set_receive_state, in 1.22 and later).
#pragma once
#include <agent.h>

namespace media {

// A state that is told late does not count: the one that there is now is told again behind it. libnice tells what has
// changed once it has given up its lock, on whatever thread that is; one that is held up just there tells that ICE is
// connecting when another has told that it is connected, and then nothing would ever come in again. Call before there are
// remote candidates, once or more often. Any thread.
void NoStaleIce(NiceAgent* agent) noexcept;

// The agent tells nobody of its state any more. Call before the pipeline goes to NULL: a block that is made behind that has
// a reference of what it blocks, and then neither is ever given up, nor the agent, nor its sockets. Any thread. What is
// being told at the moment is told to the end; of a transport that is made later, it tells again.
void NoLateIce(NiceAgent* agent) noexcept;

}  // namespace media
