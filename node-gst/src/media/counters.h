// What a peer counted. Written on streaming threads, read on the JS thread; each number stands for itself, so relaxed
// order is enough.
#pragma once
#include <atomic>
#include <cstdint>

namespace media {

class Counter {
 public:
  void Add(uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t Get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// The names and meanings are those of DropCounters in media.d.ts.
struct DropCounters {
  Counter malformed, unknown_ssrc, payload_type, ssrc_limit, second_source;
  Counter gated, duplicate, late, awaiting_keyframe, stale, detached, egress;
};

struct Counters {
  Counter packets_in, bytes_in, packets_out, bytes_out, keyframe_requests_in, keyframe_requests_out;
  DropCounters dropped;
};

}  // namespace media
