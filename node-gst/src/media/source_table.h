// Which section a packet belongs to, and which of a section's streams is the one that is forwarded.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "media/capture_clock.h"
#include "media/counters.h"
#include "media/options.h"
#include "media/rtp.h"

namespace media {

class Track;

// Every stream of a video section costs a jitterbuffer with a thread, for life: so few, and for life.
inline constexpr size_t kMaxSourcesPerSection = 4;
// Another stream takes a section over when the one before has been silent for so long (or said BYE). Longer than most
// gaps inside a stream that is alive, short enough for a restart not to be noticed.
inline constexpr int64_t kTakeoverSilenceNs = 200'000'000;
// A sequence number so far from the last (RFC 3550 A.1, MAX_DROPOUT) is no loss: after two in a row the stream has
// started anew.
inline constexpr int kMaxSequenceJump = 3000;

struct Section {
  std::shared_ptr<Track> track;
  // Index of the source that is forwarded; -1 before the first packet.
  int active = -1;
  uint32_t epoch = 0;
  uint8_t sources = 0;
};

struct Source {
  Source(uint32_t ssrc_, uint16_t section_, uint32_t clock_rate) : ssrc(ssrc_), section(section_), clock(clock_rate) {}

  uint32_t ssrc;
  uint16_t section;
  bool said_bye = false;
  // A packet was let run on into the jitterbuffer.
  bool ran_on = false;
  // A packet was forwarded since the source took its section over; `highest` is the number of the newest.
  bool any = false;
  uint16_t highest = 0;
  // The number after a jump that would confirm a restart; valid while `jumped`.
  bool jumped = false;
  uint16_t expected_after_jump = 0;
  int64_t last_arrival_ns = 0;
  StreamClock clock;
};

// Flat arrays, searched from the last hit: a peer has a handful of streams. Nothing is allocated after construction.
//
// Not thread-safe; guarded by its ingest.
class SourceTable {
 public:
  SourceTable(const std::vector<std::shared_ptr<Track>>& tracks, std::shared_ptr<Counters> counters);

  // The source of a packet whose section, payload type, liveness and sequence are in order; null (and counted) where it
  // is to be dropped.
  struct Place {
    // Another stream than before is forwarded from this packet on.
    bool takes_over = false;
    // No later packet of its stream has arrived.
    bool newest = false;
  };
  Source* Accept(const RtpView& packet, int64_t now_ns, Place& place) noexcept;
  Source* Find(uint32_t ssrc) noexcept;
  // As Ingest's.
  std::optional<uint32_t> FindRepaired(const RtpView& packet) noexcept;
  Section& SectionOf(const Source& source) noexcept { return sections_[source.section]; }

  // A sender report: the clocks of its stream and, where the device's clock was set, of the others.
  void OnReport(const SenderReport& report, int64_t now_ns) noexcept;
  void OnBye(uint32_t ssrc) noexcept;

  DeviceClock& device() { return device_; }

 private:
  // A stream of resends, and its section.
  struct Repair {
    uint32_t ssrc;
    uint16_t section;
  };

  int FindSection(const RtpView& packet) const noexcept;
  int FindRepairedSection(const RtpView& packet) noexcept;
  int FindSectionByMid(const RtpView& packet, bool& named) const noexcept;
  Source* Learn(const RtpView& packet) noexcept;
  bool TakesOver(const Source& source, int64_t now_ns) noexcept;
  static bool FollowsOn(Source& source, uint16_t sequence, Place& place) noexcept;
  Source* Drop(Counter& counter) noexcept;

  const std::shared_ptr<Counters> counters_;
  std::vector<Section> sections_;
  std::vector<Source> sources_;
  std::vector<Repair> repairs_;
  size_t last_hit_ = 0;
  DeviceClock device_;
};

}  // namespace media
