#include "media/session_rtcp.h"

#include "ref.h"

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

void PushRtcp(GstElement* rtpsession, Bytes compound) noexcept {
  const auto pad = GObjectRef<GstPad>::Take(gst_element_get_static_pad(rtpsession, "send_rtcp_src"));
  if (!pad) return;
  if (!HasSegment(pad.get())) Announce(pad.get());
  gst_pad_push(pad.get(), gst_buffer_new_memdup(compound.data(), compound.size()));
}

}  // namespace media
