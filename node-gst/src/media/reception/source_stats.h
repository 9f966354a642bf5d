// How one stream arrives, as its reports tell it (RFC 3550 §6.4.1, A.1, A.3 and A.8).
#pragma once
#include <cstdint>

#include "media/direct/rtcp_feedback.h"

namespace media {

// Counts what came on the stream itself; what was sent again in another stream is lost here.
//
// Not thread-safe; guarded by its owner. Packets come to it once each (SRTP sees to that).
class SourceStats {
 public:
  SourceStats(uint32_t ssrc, uint32_t clock_rate) : ssrc_(ssrc), clock_rate_(clock_rate) {}

  void OnPacket(uint16_t sequence, uint32_t timestamp, int64_t now_ns) noexcept;
  // `ntp_middle` as SenderReport has it.
  void OnSenderReport(uint32_t ntp_middle, int64_t now_ns) noexcept;

  uint32_t ssrc() const noexcept { return ssrc_; }
  uint32_t clock_rate() const noexcept { return clock_rate_; }
  // Since it began.
  uint32_t received() const noexcept { return received_; }
  bool reported() const noexcept { return reported_; }
  // Something came since the last report.
  bool fresh() const noexcept { return received_ != reported_received_; }
  // What a report says now. The next one's fraction is of what comes from here on.
  ReportBlock Report(int64_t now_ns) noexcept;

  // Since it began.
  uint32_t lost() const noexcept;
  // By the last report, in 1/256.
  uint8_t fraction_lost() const noexcept { return fraction_lost_; }
  int64_t jitter_ns() const noexcept;

 private:
  void Begin(uint16_t sequence) noexcept;
  void MeasureJitter(uint32_t timestamp, int64_t now_ns) noexcept;
  uint32_t expected() const noexcept { return received_ == 0 ? 0 : highest_ - base_ + 1; }

  const uint32_t ssrc_;
  const uint32_t clock_rate_;
  // With the count of wraps in the upper half.
  uint32_t base_ = 0;
  uint32_t highest_ = 0;
  uint32_t received_ = 0;
  // The number after a jump that would confirm a restart; above 16 bits: none.
  uint32_t expected_after_jump_ = UINT32_MAX;
  // Arrival minus timestamp of the packet before, and 16 times the jitter, in units of the stream's clock.
  uint32_t transit_ = 0;
  uint32_t jitter16_ = 0;
  // As of the last report.
  uint32_t reported_expected_ = 0;
  uint32_t reported_received_ = 0;
  uint8_t fraction_lost_ = 0;
  bool reported_ = false;
  // The last sender report; 0 where there was none.
  uint32_t sender_report_ = 0;
  int64_t sender_report_ns_ = 0;
};

}  // namespace media
