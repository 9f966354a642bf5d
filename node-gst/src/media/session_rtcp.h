// RTCP of our own beside that of a webrtcbin's RTP session, and on its way out: encrypted by webrtcbin.
#pragma once
#include <gst/gst.h>

#include "media/rtp.h"

namespace media {

// Sends a compound in plain text from the pad that the session's reports leave by. Where none has left yet, announces
// what comes as the session would (gst_rtp_session_send_rtcp). Any thread; DTLS must be up, else it waits.
void PushRtcp(GstElement* rtpsession, Bytes compound) noexcept;

}  // namespace media
