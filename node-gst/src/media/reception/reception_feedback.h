// What a publisher is told of how his streams arrive: receiver reports (RFC 3550 §6.4.2), requests for lost packets
// (generic NACK, RFC 4585 §6.2.1), transport-wide feedback.
#pragma once
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "media/direct/rtcp_writer.h"
#include "media/reception/arrival_log.h"
#include "media/reception/nack_list.h"
#include "media/reception/received_format.h"
#include "media/reception/reception_figures.h"
#include "media/reception/source_stats.h"

namespace media {

// Written under one SSRC of ours, which is that of webrtcbin's RTP session, beside its reports: those know nothing of
// streams that do not pass it. There is no timer: packets and reports of the publisher drive this.
//
// Not thread-safe; guarded by its reception.
class ReceptionFeedback {
 public:
  // On average; each time drawn from half of it to one and a half (RFC 3550 §6.3.1). Without pictures, seldom: a report
  // costs more than a packet.
  static constexpr int64_t kVideoIntervalNs = 1'000'000'000;
  static constexpr int64_t kAudioIntervalNs = 5'000'000'000;
  // The most that one compound takes.
  static constexpr size_t kMaxSize = 1200;
  // A publisher may begin so many streams, one after the other; of later ones nothing is told.
  static constexpr size_t kMaxStreams = 128;
  // Entries of one request, and so the most packets that one compound asks for is 17 times as many.
  static constexpr size_t kMaxNacks = 32;

  struct GivenUp {
    uint32_t ssrc;
    uint16_t sequence;
  };

  ReceptionFeedback(uint32_t ssrc, std::string cname);

  // A packet of a section's own stream.
  void OnPacket(const RtpView& packet, const ReceivedFormat& format, int64_t now_ns) noexcept;
  // A packet of the stream `ssrc` came in a stream of resends.
  void OnRepaired(uint32_t ssrc, uint16_t sequence, int64_t now_ns) noexcept;
  // Of any stream: it came under this transport-wide number.
  void OnTransport(uint32_t ssrc, uint16_t transport_sequence, int64_t now_ns) noexcept;
  void OnSenderReport(const SenderReport& report, int64_t now_ns) noexcept;

  // Writes one compound and returns its size; 0 where nothing is due. `out` has room for kMaxSize bytes. Adds what will
  // not be asked for any more to `given_up`.
  size_t Due(int64_t now_ns, std::span<uint8_t> out, std::vector<GivenUp>& given_up) noexcept;

  ReceptionFigures Figures() const;

 private:
  struct Stream {
    SourceStats stats;
    bool nack;
    NackList missing;
    // What it missed could not be asked for; its number then.
    std::optional<uint16_t> overrun;
  };

  Stream* Find(uint32_t ssrc) noexcept;
  Stream* FindOrAdd(const RtpView& packet, const ReceivedFormat& format) noexcept;
  void WriteReports(int64_t now_ns, RtcpWriter& writer) noexcept;
  void WriteNacks(Stream& stream, int64_t now_ns, RtcpWriter& writer, std::vector<GivenUp>& given_up) noexcept;
  void WriteArrivals(int64_t now_ns, RtcpWriter& writer) noexcept;
  int64_t DrawInterval() noexcept;

  const uint32_t ssrc_;
  const std::string cname_;
  std::vector<Stream> streams_;
  size_t last_hit_ = 0;
  ArrivalLog arrivals_;
  // Of the last packet with a transport-wide number: feedback names one stream of the transport.
  uint32_t transport_ssrc_ = 0;
  // Smoothed; -1 while it is not known.
  int64_t rtt_ns_ = -1;
  bool has_video_ = false;
  // Some stream misses something.
  bool misses_ = false;
  std::optional<int64_t> report_ns_;
  uint64_t asked_ = 0;
  uint64_t repaired_ = 0;
  std::minstd_rand random_;
};

}  // namespace media
