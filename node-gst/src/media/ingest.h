// The way in: what one peer sends, from its RTP session to its tracks.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "media/counters.h"
#include "media/options.h"
#include "media/rate_limit.h"
#include "media/rtp.h"
#include "media/source_table.h"

namespace media {

class Slot;
class Track;

// What becomes of a packet at the tap, after the core has read it.
enum class Verdict : uint8_t {
  kDrop,
  // On into the jitterbuffer: it makes the NACKs for video; its output is thrown away.
  kRunOn,
};

// One per publishing peer.
//
// Threads: the streaming threads of the peer's RTP session (webrtcbin: `queue:src` for RTP and RTCP); calls on several
// threads at once are safe. Locks: `mutex_` guards the rate, the source table and clocks while a packet is classified; it is
// released before a track is pushed to, so no lock is held while sending.
class Ingest {
 public:
  Ingest(uint32_t csrc, const RateOptions& rate, std::vector<std::shared_ptr<Track>> tracks, std::vector<std::shared_ptr<Slot>> slots,
         std::shared_ptr<Counters> counters);

  // One RTP packet behind rtx recovery and before the jitterbuffer; `now_ns` is the server's clock at its arrival.
  Verdict OnRtp(Bytes packet, int64_t now_ns) noexcept;

  // One decrypted compound as the session gets it: sender reports and BYEs of the peer's streams, key frame requests
  // for its slots. The session gets the same bytes.
  void OnRtcp(Bytes compound, int64_t now_ns) noexcept;

  // The jitterbuffer of a stream has given up on a packet, after asking for it again and again.
  void OnLost(uint32_t ssrc, uint16_t sequence, int64_t now_ns) noexcept;

  // The stream that a packet of resends (RFC 4588) repeats: the one its section has at the moment. Nothing where it has
  // none, or no section is its.
  std::optional<uint32_t> FindRepaired(const RtpView& packet) noexcept;

  // The copy of a sender report that the session passes on towards the jitterbuffer (rtpsession:sync_src): kDrop for
  // streams that are kept out of the jitterbuffer, which would otherwise be given one (and its thread) by the report.
  Verdict OnSenderReport(Bytes compound) noexcept;

 private:
  Slot* FindSlot(uint32_t ssrc) const noexcept;

  const uint32_t csrc_;
  const std::vector<std::shared_ptr<Slot>> slots_;
  const std::shared_ptr<Counters> counters_;

  std::mutex mutex_;
  RateLimit rate_;
  SourceTable sources_;
};

}  // namespace media
