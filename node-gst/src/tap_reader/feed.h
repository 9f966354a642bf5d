// What one appsrc gets of a stream: its timeline from PTS 0 on, and what was counted.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tap_reader/sink.h"
#include "tap_reader/stream_packet.h"

namespace tap_reader {

// TapFeedStats of tap.d.ts.
struct FeedStats {
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t lost = 0;
  uint64_t late = 0;
  uint64_t duplicates = 0;
  uint64_t early = 0;
  uint64_t overlapped = 0;
  uint64_t awaiting_keyframe = 0;
  uint64_t refused = 0;
  uint64_t filled = 0;
  int64_t filled_ns = 0;
  std::optional<int64_t> first_unix_ns;
  std::optional<int64_t> last_unix_ns;
  int64_t end_pts_ns = 0;
};

// PTS never go back. Packets of one RTP timestamp have one PTS, whatever the capture clock did in between.
//
// Not thread-safe.
class Feed {
 public:
  // `origin_ns` has PTS 0; without one the first packet does.
  Feed(std::shared_ptr<Sink> sink, std::optional<int64_t> origin_ns)
      : sink_(std::move(sink)), origin_ns_(origin_ns) {}

  std::optional<int64_t> origin_ns() const { return origin_ns_; }
  bool began() const { return began_; }
  bool dead() const { return dead_; }
  FeedStats& stats() { return stats_; }
  const FeedStats& stats() const { return stats_; }

  int64_t last_pts_ns() const { return last_pts_ns_; }

  // What has PTS 0 from now on, where that was open.
  void Begin(int64_t unix_ns) noexcept {
    if (!origin_ns_) origin_ns_ = unix_ns;
  }
  // The rest needs an origin.
  int64_t PtsOf(const StreamPacket& packet) const noexcept;
  // Up to where there is no hole, ns since 1970.
  int64_t EndUnixNs() const noexcept { return *origin_ns_ + stats_.end_pts_ns; }

  // Both: false where the sink is full. `bytes` is moved from where it was taken, or refused for ever.
  bool PushPacket(const StreamPacket& packet, std::vector<uint8_t>&& bytes, int64_t pts_ns, int64_t duration_ns);
  bool PushSilence(std::vector<uint8_t>&& bytes, int64_t duration_ns);

 private:
  // Nothing where the sink is full, else whether it took the packet.
  std::optional<bool> Push(std::vector<uint8_t>&& bytes, int64_t pts_ns);

  const std::shared_ptr<Sink> sink_;
  std::optional<int64_t> origin_ns_;
  bool began_ = false;
  bool dead_ = false;
  int64_t last_pts_ns_ = 0;
  std::optional<uint32_t> last_timestamp_;
  FeedStats stats_;
};

}  // namespace tap_reader
