// RTCP of our own beside that of a webrtcbin's RTP session, and on its way out: encrypted by webrtcbin.
#pragma once
#include <gst/gst.h>

#include <memory>
#include <string>

#include "media/rtcp_sink.h"
#include "media/rtp.h"
#include "ref.h"

namespace media {

// Sends a compound in plain text from the pad that the session's reports leave by. Where none has left yet, announces
// what comes as the session would (gst_rtp_session_send_rtcp). Any thread; DTLS must be up, else it waits.
void PushRtcp(GstElement* rtpsession, Bytes compound) noexcept;

// The name that all streams of a webrtcbin have in reports (RFC 3550 §6.5.1).
std::string Cname(GstElement* rtpbin);

// The SSRC that the session reports under.
uint32_t InternalSsrc(GstElement* rtpsession) noexcept;

class SessionRtcpSink : public RtcpSink {
 public:
  explicit SessionRtcpSink(GObjectRef<GstElement> session) : session_(std::move(session)) {}
  void SendRtcp(Bytes compound) noexcept override { PushRtcp(session_.get(), compound); }

 private:
  const GObjectRef<GstElement> session_;
};

}  // namespace media
