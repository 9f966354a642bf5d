// Sender reports of one peer's slots (RFC 3550 §6.4.1), with the CNAME they share (§6.5.1), and the BYE at their end.
#pragma once
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "media/direct/rtcp_writer.h"
#include "media/options.h"

namespace media {

// All reports are in the server's clock, whoever is in a slot: what was captured at one time has one NTP time in every
// slot, and stays so over switches.
//
// A slot is reported with its first packet, then about once a second while it sends, or every 5 seconds to whom there is no
// picture to send; and soon where its timestamps come to stand for other times than the last report said: a receiver needs
// that to play sound and picture together. Slots that are empty or silent are not reported. There is no timer: packets
// that are sent drive it.
//
// Not thread-safe; guarded by its egress.
class ReportBuilder {
 public:
  // On average; each time drawn from half of it to one and a half (RFC 3550 §6.3.1). As browsers do: each compound costs far
  // more than a packet of sound, since it passes through webrtcbin.
  static constexpr int64_t kVideoIntervalNs = 1'000'000'000;
  static constexpr int64_t kAudioIntervalNs = 5'000'000'000;
  // The least time between a peer's reports, however often timestamps change their meaning.
  static constexpr int64_t kEarlyNs = 200'000'000;
  // A quarter of the difference of sound and picture that people notice (ITU-R BT.1359: 45 ms).
  static constexpr int64_t kToleranceNs = 10'000'000;
  // Reports take a twentieth of what the slots that are reported carry (RFC 3550 §6.2), which is taken to be no less
  // than this in bits per second: sound and pictures at the bitrates browsers begin with.
  static constexpr int64_t kAudioBitrate = 32'000;
  static constexpr int64_t kVideoBitrate = 300'000;
  static constexpr int64_t kReportShare = 20;
  // The most that one compound takes. More slots are reported by the next call.
  static constexpr size_t kMaxSize = 1200;
  // Of a CNAME; the rest is cut off.
  static constexpr size_t kMaxNameSize = 255;

  // The slots' order is that of their indices. `unix_offset_ns` leads from the server's clock to nanoseconds since 1970;
  // one value for all peers.
  ReportBuilder(const std::vector<SlotOptions>& slots, std::string cname, int64_t unix_offset_ns);
  // The stream of a slot's resends, which bears the CNAME and says BYE, too. Before the first packet.
  void SetRepair(size_t slot, uint32_t ssrc);

  // `timestamp` stands for `capture_ns` on the server's clock. Resends do not count.
  void OnSent(size_t slot, uint32_t timestamp, size_t payload_size, int64_t capture_ns, int64_t now_ns) noexcept;

  // Writes one compound and returns its size; 0 where nothing is due, which costs one comparison. `out` has room for
  // kMaxSize bytes.
  size_t Due(int64_t now_ns, std::span<uint8_t> out) noexcept;

  // The end of all streams that ever sent. 0 where none did.
  size_t Bye(std::span<uint8_t> out) noexcept;

 private:
  struct Stream {
    uint32_t ssrc = 0;
    uint32_t repair_ssrc = 0;
    int64_t clock_rate = 0;
    // What it is taken to carry, in bits per second.
    int64_t bitrate = 0;
    uint32_t packets = 0;
    uint32_t octets = 0;
    // Of the packet that was sent last.
    uint32_t timestamp = 0;
    int64_t capture_ns = 0;
    // Something was sent since the last report.
    bool fresh = false;
    // The next compound reports it.
    bool due = false;
    // What the last report told, if there was one.
    bool told = false;
    uint32_t told_timestamp = 0;
    int64_t told_ns = 0;
  };

  // Whether timestamps stand for other times than the last report said.
  static bool Moved(const Stream& stream) noexcept;
  void MakeDue(Stream& stream, int64_t at_ns) noexcept;
  // Everything that sent is due; draws the time of the next round.
  void StartRound(int64_t now_ns) noexcept;
  int64_t Interval(int64_t size, int64_t bitrate) noexcept;
  void WriteReport(Stream& stream, int64_t now_ns, RtcpWriter& writer) noexcept;
  // What a stream takes of a compound.
  size_t SizeOf(const Stream& stream) const noexcept;

  const std::string cname_;
  const int64_t unix_offset_ns_;
  int64_t interval_ns_ = kAudioIntervalNs;
  std::vector<Stream> streams_;
  std::minstd_rand random_;
  // The earliest of: the next round, what is due before it.
  int64_t due_ns_ = INT64_MAX;
  int64_t round_ns_ = INT64_MIN;
  int64_t last_ns_ = 0;
};

}  // namespace media
