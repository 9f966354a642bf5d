#include "media/session_keyframes.h"

#include "media/rtcp.h"
#include "media/session_rtcp.h"

namespace media {
namespace {

uint32_t InternalSsrc(GstElement* session) {
  GObject* internal = nullptr;
  guint ssrc = 0;
  g_object_get(session, "internal-session", &internal, nullptr);
  const auto held = GObjectRef<GObject>::Take(internal);
  if (held) g_object_get(internal, "internal-ssrc", &ssrc, nullptr);
  return ssrc;
}

// False where the session has sent no report yet.
bool SendPli(GstElement* session, uint32_t ssrc) {
  const auto pad = GObjectRef<GstPad>::Take(gst_element_get_static_pad(session, "send_rtcp_src"));
  if (!pad || !gst_pad_has_current_caps(pad.get())) return false;
  const PliCompound pli = MakePli(InternalSsrc(session), ssrc);
  PushRtcp(session, pli);
  return true;
}

}  // namespace

void SessionKeyframeSink::RequestKeyframe(uint32_t ssrc, uint8_t payload_type) noexcept {
  GObjectRef<GstElement> session;
  GObjectRef<GstPad> pad;
  {
    std::lock_guard lock(mutex_);
    session = session_;
    pad = pad_;
  }
  if (!session || !pad || SendPli(session.get(), ssrc)) return;
  GstStructure* request = gst_structure_new("GstForceKeyUnit", "ssrc", G_TYPE_UINT, ssrc, "payload", G_TYPE_UINT,
                                            guint{payload_type}, nullptr);
  gst_pad_push_event(pad.get(), gst_event_new_custom(GST_EVENT_CUSTOM_UPSTREAM, request));
}

void SessionKeyframeSink::SetSession(GObjectRef<GstElement> session) {
  std::lock_guard lock(mutex_);
  session_ = std::move(session);
}

void SessionKeyframeSink::SetPad(GObjectRef<GstPad> pad) {
  std::lock_guard lock(mutex_);
  pad_ = std::move(pad);
}

void SessionKeyframeSink::Clear() noexcept {
  GObjectRef<GstElement> session;
  GObjectRef<GstPad> pad;
  std::lock_guard lock(mutex_);
  std::swap(session, session_);
  std::swap(pad, pad_);
}

}  // namespace media
