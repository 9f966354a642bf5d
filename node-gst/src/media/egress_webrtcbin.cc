#include "media/egress_webrtcbin.h"

#include <string>

namespace media {
namespace {

constexpr int64_t kNsPerUs = 1000;

// webrtcbin sends receivers' requests upstream as events. They are answered elsewhere: key frames from the RTCP itself
// (the session merges requests of different slots into one), retransmission inside webrtcbin. So they end here.
gboolean OnUpstreamEvent(GstPad*, GstObject*, GstEvent* event) {
  gst_event_unref(event);
  return TRUE;
}

gboolean OnQuery(GstPad* pad, GstObject* parent, GstQuery* query) {
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_LATENCY:
      // Packets are pushed as they come: live, and nothing is held back.
      gst_query_set_latency(query, TRUE, 0, GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default(pad, parent, query);
    default:
      // There is no element behind this pad that could be asked.
      return FALSE;
  }
}

const char* EncodingName(Codec codec) {
  switch (codec) {
    case Codec::kOpus:
      return "OPUS";
    case Codec::kVp8:
      return "VP8";
    case Codec::kH264:
      return "H264";
  }
  return "";
}

constexpr char kTransportCcUri[] = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

// The transport-cc id tells webrtcbin's funnel to number the packets: it writes into the element that slots leave empty.
GstCaps* SlotCaps(const SlotOptions& slot) {
  GstCaps* caps = gst_caps_new_simple(
      "application/x-rtp", "media", G_TYPE_STRING, slot.kind == Kind::kAudio ? "audio" : "video", "encoding-name",
      G_TYPE_STRING, EncodingName(slot.codec), "payload", G_TYPE_INT, int{slot.payload_type}, "clock-rate", G_TYPE_INT,
      static_cast<int>(slot.clock_rate), "ssrc", G_TYPE_UINT, slot.ssrc, nullptr);
  if (slot.extensions.transport_cc != 0) {
    const std::string field = "extmap-" + std::to_string(slot.extensions.transport_cc);
    gst_caps_set_simple(caps, field.c_str(), G_TYPE_STRING, kTransportCcUri, nullptr);
  }
  return caps;
}

// Sticky events are sent by GStreamer itself, in front of the first buffer.
void StoreSticky(GstPad* pad, GstEvent* event) {
  gst_pad_store_sticky_event(pad, event);
  gst_event_unref(event);
}

GObjectRef<GstPad> MakePad(const SlotOptions& slot) {
  const std::string name = "slot_" + std::to_string(slot.mline);
  auto pad = GObjectRef<GstPad>::Sink(gst_pad_new(name.c_str(), GST_PAD_SRC));
  gst_pad_set_event_function(pad.get(), OnUpstreamEvent);
  gst_pad_set_query_function(pad.get(), OnQuery);
  gst_pad_set_active(pad.get(), TRUE);

  StoreSticky(pad.get(), gst_event_new_stream_start(name.c_str()));
  GstCaps* caps = SlotCaps(slot);
  StoreSticky(pad.get(), gst_event_new_caps(caps));
  gst_caps_unref(caps);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  StoreSticky(pad.get(), gst_event_new_segment(&segment));
  return pad;
}

GstBuffer* ToBuffer(const OutPacket& packet) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, packet.size(), nullptr);
  if (buffer == nullptr) return nullptr;
  gst_buffer_fill(buffer, 0, packet.head.data(), packet.head_size);
  gst_buffer_fill(buffer, packet.head_size, packet.payload, packet.payload_size);
  GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(packet.capture_ns);
  return buffer;
}

}  // namespace

WebrtcbinEgress::WebrtcbinEgress(GstElement* webrtcbin, const std::vector<SlotOptions>& slots) : reports_(slots) {
  for (const SlotOptions& slot : slots) {
    Port port{slot.mline, MakePad(slot)};
    const std::string sink_name = "sink_" + std::to_string(slot.mline);
    const auto sink = GObjectRef<GstPad>::Take(gst_element_get_static_pad(webrtcbin, sink_name.c_str()));
    // Not checked for a common parent: the pad is no element's.
    if (sink) gst_pad_link_full(port.pad.get(), sink.get(), GST_PAD_LINK_CHECK_NOTHING);
    ports_.push_back(std::move(port));
  }
}

WebrtcbinEgress::~WebrtcbinEgress() { Close(); }

bool WebrtcbinEgress::Send(const OutPacket& packet) noexcept {
  for (const Port& port : ports_) {
    if (port.mline != packet.mline) continue;
    GstBuffer* buffer = ToBuffer(packet);
    return buffer != nullptr && gst_pad_push(port.pad.get(), buffer) == GST_FLOW_OK;
  }
  return false;
}

void WebrtcbinEgress::OnRtcp(Bytes compound, int64_t now_ns) noexcept {
  // The session's sender reports have the wall clock's time, and follow it where it is set.
  const int64_t unix_now_ns = g_get_real_time() * kNsPerUs;
  const std::lock_guard lock(mutex_);
  reports_.Read(compound, now_ns, unix_now_ns);
  log_.ReadAlone(compound, now_ns);
}

ReceiverFigures WebrtcbinEgress::Figures() noexcept {
  const std::lock_guard lock(mutex_);
  const auto now_ns = static_cast<int64_t>(gst_util_get_timestamp());
  ReceiverFigures figures = reports_.Figures(now_ns);
  figures.transport_loss = log_.window().Loss(now_ns);
  return figures;
}

void WebrtcbinEgress::Close() noexcept {
  for (const Port& port : ports_) {
    gst_pad_set_active(port.pad.get(), FALSE);
    const auto sink = GObjectRef<GstPad>::Take(gst_pad_get_peer(port.pad.get()));
    if (sink) gst_pad_unlink(port.pad.get(), sink.get());
  }
}

}  // namespace media
