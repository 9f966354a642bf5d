// Packets into an appsrc.
#pragma once
#include <gst/app/gstappsrc.h>

#include "ref.h"
#include "tap_reader/sink.h"

namespace tap_reader {

// Holds a reference of the appsrc. Its lock is taken for one push and never for long: whether there is room is asked
// before, so it never blocks.
class AppSrcSink : public Sink {
 public:
  // Sets the format to time and blocking off. JS thread.
  explicit AppSrcSink(GObjectRef<GstAppSrc> appsrc);

  Taken Push(std::vector<uint8_t>&& packet, int64_t pts_ns) noexcept override;

 private:
  bool IsFull() const noexcept;

  const GObjectRef<GstAppSrc> appsrc_;
};

}  // namespace tap_reader
