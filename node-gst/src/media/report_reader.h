// What receivers report of the streams they are sent: loss, jitter, round trip.
#pragma once
#include <cstdint>
#include <vector>

#include "media/direct/arrival_window.h"
#include "media/direct/receiver_figures.h"
#include "media/direct/rtcp_feedback.h"
#include "media/options.h"

namespace media {

// Reads the report blocks of one peer's compounds. A block costs a look at each stream.
//
// Not thread-safe; guarded by its egress.
class ReportReader {
 public:
  explicit ReportReader(const std::vector<SlotOptions>& slots);
  // A stream that receivers report on besides the slots'.
  void AddRepair(uint32_t ssrc) { streams_.push_back({.ssrc = ssrc}); }

  // `unix_now_ns` is the same moment in nanoseconds since 1970, by the clock that sender reports are built with.
  void Read(Bytes compound, int64_t now_ns, int64_t unix_now_ns) noexcept;

  // -1 while it is not known.
  int64_t rtt_ns() const noexcept { return rtt_ns_; }
  // As far as report blocks tell.
  ReceiverFigures Figures(int64_t now_ns) noexcept;

 private:
  // A stream that receivers may report on.
  struct Stream {
    uint32_t ssrc = 0;
    uint32_t mline = 0;
    uint32_t clock_rate = 0;
    // Of its last report.
    bool reported = false;
    uint8_t fraction_lost = 0;
    int32_t lost = 0;
    uint32_t highest_sequence = 0;
    int64_t jitter_ns = -1;
  };

  void OnBlock(const ReportBlock& block, int64_t now_ns, int64_t unix_now_ns) noexcept;
  void CountLoss(Stream& stream, const ReportBlock& block, int64_t now_ns) noexcept;
  void MeasureRtt(const ReportBlock& block, int64_t unix_now_ns) noexcept;

  const size_t slot_count_;
  // The slots' first.
  std::vector<Stream> streams_;
  ArrivalWindow blocks_;
  int64_t rtt_ns_ = -1;
  uint64_t lost_ = 0;
};

}  // namespace media
