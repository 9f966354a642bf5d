// What one peer's receiver says about what it is sent.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "media/direct/receiver_figures.h"
#include "media/direct/rtcp_feedback.h"
#include "media/direct/transport_log.h"
#include "media/options.h"
#include "media/report_reader.h"

namespace media {

// Reads receivers' compounds for the figures, and for what is asked for again. Key frame requests are Ingest's.
//
// What a compound can cost is bounded, whatever it says. A receiver that sends many costs the thread that reads them.
//
// Not thread-safe; guarded by its egress.
class FeedbackReader {
 public:
  // Of one compound: more than a second of video, all of it lost.
  static constexpr size_t kMaxLost = 1024;
  // Of one compound, in transport-wide feedback: as many as are remembered.
  static constexpr size_t kMaxStatuses = TransportLog::kSize;

  // `unix_offset_ns` leads from the server's clock to nanoseconds since 1970: the one that reports are built with.
  FeedbackReader(const std::vector<SlotOptions>& slots, int64_t unix_offset_ns);
  // Streams that receivers report on besides the slots'. Once.
  void SetRepairs(const std::vector<Repair>& repairs);

  // A packet of `size` bytes left under this transport-wide number.
  void OnTransportSent(uint16_t transport_sequence, size_t size, int64_t now_ns) noexcept {
    log_.OnSent(transport_sequence, size, now_ns);
  }

  // Calls `lost(slot, sequence)` for each number of a slot that the receiver asks for again; `slot` is its index.
  template <class Lost>
  void Read(Bytes compound, int64_t now_ns, Lost&& lost) noexcept {
    size_t lost_left = kMaxLost;
    size_t statuses_left = kMaxStatuses;
    reports_.Read(compound, now_ns, now_ns + unix_offset_ns_);
    RtcpReader reader(compound);
    for (RtcpPacket packet; reader.Next(packet);) {
      for (size_t i = 0; const auto nack = NackAt(packet, i); ++i) ReadNack(*nack, lost_left, lost);
      if (const auto feedback = TransportFeedback::Of(packet)) OnFeedback(*feedback, statuses_left, now_ns);
      if (const auto limit = AsRemb(packet)) receiver_limit_ = *limit;
    }
  }

  // -1 while it is not known.
  int64_t rtt_ns() const noexcept { return reports_.rtt_ns(); }
  ReceiverFigures Figures(int64_t now_ns) noexcept;

 private:
  template <class Lost>
  void ReadNack(const NackEntry& nack, size_t& left, Lost& lost) noexcept {
    const auto slot = SlotOf(nack.ssrc);
    if (!slot) return;
    // Bit 0 is `first` itself.
    uint32_t bits = uint32_t{nack.mask} << 1 | 1;
    for (uint16_t number = nack.first; bits != 0 && left > 0; bits >>= 1, ++number) {
      if ((bits & 1) == 0) continue;
      left -= 1;
      asked_again_ += 1;
      lost(*slot, number);
    }
  }

  std::optional<size_t> SlotOf(uint32_t ssrc) const noexcept;
  void OnFeedback(const TransportFeedback& feedback, size_t& left, int64_t now_ns) noexcept;

  const int64_t unix_offset_ns_;
  // Of the slots.
  std::vector<uint32_t> ssrcs_;
  ReportReader reports_;
  TransportLog log_;
  int64_t receiver_limit_ = -1;
  uint64_t asked_again_ = 0;
};

}  // namespace media
