// What a DirectEgress and a DirectReception need of a webrtcbin that is connected.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "media/counters.h"
#include "media/direct/direct_egress.h"
#include "media/reception/direct_reception.h"
#include "media/reception/rtp_listener.h"
#include "media/taps.h"

namespace media {

// Why media can neither leave nor come in past this webrtcbin, as far as that can be told before it is connected: an element
// or a property that is not there. Empty where nothing stands in the way.
std::string ObstacleTo(const Inside& inside);

// Starts the reception with the keys of the DTLS association, which is up. Throws std::runtime_error where it agreed on
// something else than AES_CM_128_HMAC_SHA1_80. On the thread that DTLS is read on.
void StartReception(DirectReception& reception, const Inside& inside);

// Starts the egress with the keys of the DTLS association and the ICE pair that was selected, which `listener` follows. Throws std::runtime_error
// where DTLS agreed on something else than AES_CM_128_HMAC_SHA1_80, or is not up. JS thread.
void StartDirect(DirectEgress& egress, const Inside& inside, std::vector<Repair> repairs,
                 std::shared_ptr<Counters> counters, const std::shared_ptr<RtpListener>& listener);

}  // namespace media
