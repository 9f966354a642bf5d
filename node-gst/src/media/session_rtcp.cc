#include "media/session_rtcp.h"

namespace media {
namespace {

// The last of what is announced.
bool HasSegment(GstPad* pad) {
  const GstMini<GstEvent> segment(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0));
  return segment != nullptr;
}

void Announce(GstPad* pad) {
  gst_pad_push_event(pad, gst_event_new_stream_start("rtcp"));
  const GstMini<GstCaps> caps(gst_caps_new_empty_simple("application/x-rtcp"));
  gst_pad_push_event(pad, gst_event_new_caps(caps.get()));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(pad, gst_event_new_segment(&segment));
}

}  // namespace

std::string Cname(GstElement* rtpbin) {
  GstStructure* sdes = nullptr;
  g_object_get(rtpbin, "sdes", &sdes, nullptr);
  const GstStructurePtr held(sdes);
  const gchar* const cname = held ? gst_structure_get_string(sdes, "cname") : nullptr;
  return cname != nullptr ? cname : "";
}

uint32_t InternalSsrc(GstElement* rtpsession) noexcept {
  GObject* internal = nullptr;
  guint ssrc = 0;
  g_object_get(rtpsession, "internal-session", &internal, nullptr);
  const auto held = GObjectRef<GObject>::Take(internal);
  if (held) g_object_get(internal, "internal-ssrc", &ssrc, nullptr);
  return ssrc;
}

void PushRtcp(GstElement* rtpsession, Bytes compound) noexcept {
  const auto pad = GObjectRef<GstPad>::Take(gst_element_get_static_pad(rtpsession, "send_rtcp_src"));
  if (!pad) return;
  if (!HasSegment(pad.get())) Announce(pad.get());
  gst_pad_push(pad.get(), gst_buffer_new_memdup(compound.data(), compound.size()));
}

}  // namespace media
