// Writes a compound (RFC 3550 §6.1) piece by piece. No allocation, no threads; nothing is written where there is no room.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "media/direct/rtcp_feedback.h"
#include "media/rtcp.h"

namespace media {

class RtcpWriter {
 public:
  // What one packet can list: its count has five bits.
  static constexpr size_t kMaxListed = 31;
  static constexpr size_t kSenderReportSize = 28;

  // Of one source with its CNAME, in the list of a source description.
  static size_t ChunkSize(std::string_view cname) { return (4 + 2 + cname.size()) / 4 * 4 + 4; }

  explicit RtcpWriter(std::span<uint8_t> out) : out_(out) {}

  size_t size() const { return at_; }
  size_t room() const { return out_.size() - at_; }

  struct Sent {
    uint32_t ssrc = 0;
    // Nanoseconds since 1970, and the timestamp that stands for them.
    int64_t unix_ns = 0;
    uint32_t timestamp = 0;
    uint32_t packets = 0;
    uint32_t octets = 0;
  };
  // Without blocks on what was received.
  void SenderReport(const Sent& sent) noexcept;
  // On at most kMaxListed streams; without any it is what a compound begins with where there is nothing to report.
  void ReceiverReport(uint32_t ssrc, std::span<const ReportBlock> blocks) noexcept;
  void EmptyReport(uint32_t ssrc) noexcept { ReceiverReport(ssrc, {}); }
  // At most kMaxListed sources, of one CNAME of at most 255 bytes.
  void Description(std::span<const uint32_t> ssrcs, std::string_view cname) noexcept;
  // Of as many sources as one packet lists and there is room for.
  void Bye(std::span<const uint32_t> ssrcs) noexcept;
  // `sender` asks for these packets of `media` again (RFC 4585 §6.2.1): as many as there is room for.
  void Nack(uint32_t sender, uint32_t media, std::span<const NackEntry> entries) noexcept;
  // A transport-layer feedback message about `media`; `body` is a multiple of four long. False where there is no room.
  bool TransportFeedback(uint8_t format, uint32_t sender, uint32_t media, Bytes body) noexcept;

 private:
  // Begins a packet of so many bytes, a multiple of four, with its header; null where there is no room. The rest is 0.
  uint8_t* Begin(uint8_t type, size_t count, size_t size) noexcept;

  const std::span<uint8_t> out_;
  size_t at_ = 0;
};

}  // namespace media
