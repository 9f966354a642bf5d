// What a peer counted. Written on streaming threads, read on the JS thread; each number stands for itself, so relaxed
// order is enough.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace media {

class Counter {
 public:
  void Add(uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t Get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Durations by size: one counter for each bound and one for what is longer than the last.
class Durations {
 public:
  static constexpr std::array<int64_t, 10> kBoundsUs = {50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 100000};

  void Add(int64_t ns) noexcept {
    size_t i = 0;
    while (i < kBoundsUs.size() && ns > kBoundsUs[i] * 1000) ++i;
    counts_[i].Add();
    total_ns_.Add(ns > 0 ? static_cast<uint64_t>(ns) : 0);
  }
  const std::array<Counter, kBoundsUs.size() + 1>& counts() const noexcept { return counts_; }
  uint64_t total_ns() const noexcept { return total_ns_.Get(); }

 private:
  std::array<Counter, kBoundsUs.size() + 1> counts_;
  Counter total_ns_;
};

// The names and meanings are those of DropCounters in media.d.ts.
struct DropCounters {
  Counter unauthentic, malformed, rate, unknown_ssrc, payload_type, ssrc_limit, second_source;
  Counter gated, duplicate, late, awaiting_keyframe, stale, detached, egress;
};

struct Counters {
  Counter packets_in, bytes_in, packets_out, bytes_out, keyframe_requests_in, keyframe_requests_out;
  DropCounters dropped;
  // From the arrival of a packet until every slot it went to has sent it.
  Durations forwarding;
};

}  // namespace media
