#include "tap_reader/appsrc_sink.h"

#include <utility>

namespace tap_reader {
namespace {

// A buffer around the bytes, without a copy.
GstBuffer* Wrap(std::vector<uint8_t>&& bytes) {
  auto* const owned = new std::vector<uint8_t>(std::move(bytes));
  const auto free = [](gpointer data) { delete static_cast<std::vector<uint8_t>*>(data); };
  return gst_buffer_new_wrapped_full(GstMemoryFlags{}, owned->data(), owned->size(), 0, owned->size(), owned, free);
}

}  // namespace

AppSrcSink::AppSrcSink(GObjectRef<GstAppSrc> appsrc) : appsrc_(std::move(appsrc)) {
  g_object_set(appsrc_.get(), "format", GST_FORMAT_TIME, "block", FALSE, nullptr);
}

Sink::Taken AppSrcSink::Push(std::vector<uint8_t>&& packet, int64_t pts_ns) noexcept {
  if (IsFull()) return Taken::kFull;
  GstBuffer* const buffer = Wrap(std::move(packet));
  GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(pts_ns);
  return gst_app_src_push_buffer(appsrc_.get(), buffer) == GST_FLOW_OK ? Taken::kYes : Taken::kRefused;
}

bool AppSrcSink::IsFull() const noexcept {
  const guint64 most = gst_app_src_get_max_bytes(appsrc_.get());
  return most > 0 && gst_app_src_get_current_level_bytes(appsrc_.get()) >= most;
}

}  // namespace tap_reader
