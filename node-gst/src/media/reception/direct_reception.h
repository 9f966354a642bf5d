// The way in past webrtcbin's RTP: SRTP and SRTCP of our own, from the socket of the ICE pair to the ingest.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "media/clock.h"
#include "media/counters.h"
#include "media/options.h"
#include "media/peer_core.h"
#include "media/rate_limit.h"
#include "media/reception/reception_feedback.h"
#include "media/reception/srtp_unprotector.h"
#include "media/rtcp_sink.h"

namespace media {

// What of a peer's transport is known once DTLS is up.
struct ReceptionStart {
  std::shared_ptr<RtcpSink> rtcp;
  SrtpMaster master;
  // Whom reports are from.
  uint32_t ssrc = 0;
  std::string cname;
};

//   datagram ──► SRTP ──► transport-wide number ──► restored, where it was sent again ──► counted ──► Ingest
//                                                └─► reports, requests, feedback ──► webrtcbin's SRTCP
//            └► SRTCP ──► PeerCore: reports of what it is sent, requests for it, and sender reports
//
// One per peer whose media passes webrtcbin by; its own reports do not.
//
// Threads: OnDatagram on the threads that receive, on several at once; the rest on any. Locks: `mutex_` is held while one
// packet is decrypted and counted, Ingest's inside it for resends; not while a packet is forwarded, a compound read by
// others, or a report sent.
class DirectReception {
 public:
  DirectReception(const PeerOptions& options, std::shared_ptr<PeerCore> core, std::shared_ptr<Counters> counters);
  ~DirectReception();
  DirectReception(const DirectReception&) = delete;
  DirectReception& operator=(const DirectReception&) = delete;

  // Compounds of RTCP in a second; what is beyond is dropped unread.
  static constexpr uint32_t kMaxCompounds = 4000;

  // Whether a datagram of an ICE socket is (S)RTP or (S)RTCP, and neither DTLS nor STUN (RFC 7983 §7).
  static bool IsMedia(Bytes datagram) noexcept;

  // From now on packets are taken. Once; later calls change nothing: keys are those of one DTLS association.
  void Start(const ReceptionStart& start);

  // What IsMedia is true of. It is decrypted in place. Before Start and after Close it is dropped.
  void OnDatagram(std::span<uint8_t> datagram, int64_t now_ns) noexcept;

  // When the last of them came that was authentic; kNever before the first.
  static constexpr int64_t kNever = INT64_MIN;
  int64_t last_ns() const noexcept { return last_ns_.load(std::memory_order_relaxed); }
  // After Close as they were.
  ReceptionFigures Figures();

  // Forgets the keys; nothing is taken any more. Idempotent.
  void Close() noexcept;

 private:
  struct Association;
  // What there is to do once the lock is free.
  struct Outcome {
    // For the ingest; empty where nothing is.
    Bytes packet;
    size_t report_size = 0;
    std::array<uint8_t, ReceptionFeedback::kMaxSize> report;
    std::shared_ptr<RtcpSink> rtcp;
    std::vector<ReceptionFeedback::GivenUp> given_up;
  };

  void OnRtp(std::span<uint8_t> datagram, int64_t now_ns) noexcept;
  void OnRtcp(std::span<uint8_t> datagram, int64_t now_ns) noexcept;
  // Of what decrypted to so many bytes: whether it was authentic.
  bool CountAuthentic(size_t size, int64_t now_ns) noexcept;
  Bytes Accept(std::span<uint8_t> datagram, int64_t now_ns) noexcept;
  Bytes Restore(std::span<uint8_t> packet, const RtpView& repair, const ReceivedFormat& format, int64_t now_ns) noexcept;
  void TellDue(int64_t now_ns, Outcome& outcome) noexcept;
  void Act(const Outcome& outcome, int64_t now_ns) noexcept;

  const std::vector<ReceivedFormat> formats_;
  const std::shared_ptr<PeerCore> core_;
  const std::shared_ptr<Counters> counters_;

  std::atomic<int64_t> last_ns_{kNever};

  std::mutex mutex_;
  RateLimit compounds_{{.packets = kMaxCompounds}};
  // Null before Start and after Close.
  std::unique_ptr<Association> association_;
  bool closed_ = false;
  ReceptionFigures last_figures_;
};

}  // namespace media
