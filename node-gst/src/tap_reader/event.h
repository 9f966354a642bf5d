// What a reader tells: TapReaderEvent of tap.d.ts.
#pragma once
#include <cstdint>
#include <functional>

#include "tap_reader/feed.h"

namespace tap_reader {

struct Event {
  enum class Type : uint8_t { kBegan, kReleased, kKeyframe, kRefused, kStill, kUnknown, kEnd };

  Type type;
  uint32_t ssrc = 0;
  // kBegan
  int64_t unix_ns = 0;
  int64_t pts_ns = 0;
  // kReleased
  FeedStats stats{};
};

// Called with the reader's lock held, on any thread: it must only pass the event on.
using Listener = std::function<void(Event)>;

}  // namespace tap_reader
