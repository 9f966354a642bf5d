// Egress of a tap's slots: packets with their capture time, framed, into the tap's queue.
#pragma once
#include <memory>
#include <utility>

#include "media/egress.h"
#include "media/tap/tap_stream.h"

namespace media {

// The only header extension in a tap: RFC 6051 §3.3, one-byte form, in front of all others.
inline constexpr uint8_t kTapNtp64Id = 1;

// Threads: Send on any. Immutable.
class TapEgress : public Egress {
 public:
  // `unix_offset_ns` leads from the server's clock to nanoseconds since 1970.
  TapEgress(std::shared_ptr<TapStream> stream, int64_t unix_offset_ns)
      : stream_(std::move(stream)), unix_offset_ns_(unix_offset_ns) {}

  // The packet's head must have been built with `kTapNtp64Id`.
  bool Send(const OutPacket& packet) noexcept override;

 private:
  const std::shared_ptr<TapStream> stream_;
  const int64_t unix_offset_ns_;
};

}  // namespace media
