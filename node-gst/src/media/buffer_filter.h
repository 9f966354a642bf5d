// What probes on webrtcbin's pads do with buffers.
#pragma once
#include <gst/gst.h>

#include "media/ingest.h"
#include "media/rtp.h"

namespace media {

// A read mapping of a whole buffer. Empty where it cannot be mapped.
class Mapping {
 public:
  explicit Mapping(GstBuffer* buffer) : buffer_(buffer), mapped_(gst_buffer_map(buffer, &info_, GST_MAP_READ)) {}
  ~Mapping() {
    if (mapped_) gst_buffer_unmap(buffer_, &info_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  Bytes bytes() const { return mapped_ ? Bytes(info_.data, info_.size) : Bytes(); }

 private:
  GstBuffer* buffer_;
  GstMapInfo info_;
  bool mapped_;
};

// Asks `judge` about every buffer of a probe's data and keeps those that may run on.
template <typename Judge>
GstPadProbeReturn Filter(GstPadProbeInfo* info, Judge judge) {
  const auto keep = [&](GstBuffer* buffer) { return judge(Mapping(buffer).bytes()) == Verdict::kRunOn; };
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    return keep(GST_PAD_PROBE_INFO_BUFFER(info)) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
  }
  GstBufferList* list = gst_buffer_list_make_writable(GST_PAD_PROBE_INFO_BUFFER_LIST(info));
  info->data = list;
  for (guint i = 0; i < gst_buffer_list_length(list);) {
    if (keep(gst_buffer_list_get(list, i))) {
      i++;
    } else {
      gst_buffer_list_remove(list, i, 1);
    }
  }
  return gst_buffer_list_length(list) > 0 ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

}  // namespace media
