// What a DirectEgress needs of a webrtcbin that is connected.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "media/counters.h"
#include "media/direct/direct_egress.h"
#include "media/taps.h"

namespace media {

// Why no egress of its own can send past this webrtcbin, as far as that can be told before it is connected: an element
// or a property that is not there. Empty where nothing stands in the way.
std::string ObstacleTo(const Inside& inside);

// Starts the egress with the keys of the DTLS association and the ICE pair that was selected. Throws std::runtime_error
// where DTLS agreed on something else than AES_CM_128_HMAC_SHA1_80, or is not up. JS thread.
void StartDirect(DirectEgress& egress, const Inside& inside, std::vector<Repair> repairs,
                 std::shared_ptr<Counters> counters);

}  // namespace media
