// One SSRC of a tap on its way into an appsrc, and from one appsrc to the next.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "media/options.h"
#include "tap_reader/event.h"
#include "tap_reader/feed.h"
#include "tap_reader/reorder_window.h"
#include "tap_reader/silence.h"

namespace tap_reader {

struct StreamOptions {
  uint32_t ssrc = 0;
  media::Kind kind = media::Kind::kAudio;
  media::Codec codec = media::Codec::kOpus;
  uint8_t payload_type = 0;
  uint32_t clock_rate = 0;
  // Opus: no holes.
  bool silence = false;
};

struct ReaderOptions {
  // How long a missing packet is waited for.
  int64_t patience_ns = 400'000'000;
  // How far behind the clock silence is filled in. Longer than the patience, or what is waited for would be filled.
  int64_t fill_lag_ns = 600'000'000;
};

// Where to begin with the next appsrc.
enum class SwitchAt : uint8_t { kKeyframe, kNow };

// Time (`clock_ns`) is the newest capture time of all streams of the tap, and does not go back.
//
//   Add ─► ReorderWindow ─► Take: switch? begin? fill the hole, push ─► Feed (present) ─► appsrc
//                                                                       next_ (after the switch)
//
// Everything that pushes can be stopped by a full appsrc and is then called again: it changes nothing before the push
// but what it would do again in the same way.
//
// Not thread-safe; guarded by its reader.
class Stream {
 public:
  Stream(const StreamOptions& options, const ReaderOptions& reader, std::shared_ptr<Sink> sink,
         std::optional<int64_t> origin_ns, Listener listener);

  void Add(StreamPacket packet, int64_t clock_ns);
  // Pushes what is due. False where an appsrc is full.
  bool Advance(int64_t clock_ns);
  void SwitchTo(std::shared_ptr<Sink> sink, SwitchAt at, std::optional<int64_t> origin_ns);

  // Advance() waits for nothing from now on.
  void Flush() noexcept { window_.Flush(); }
  // Silence up to the clock, at the end of the tap. False where an appsrc is full.
  bool FillUp(int64_t clock_ns) { return !options_.silence || FillTo(clock_ns, Fill::kExact); }
  // The appsrc gets nothing more.
  void Release();

  // `untrack` was called: released as soon as everything was pushed.
  bool ending = false;

  uint8_t payload_type() const { return options_.payload_type; }
  const FeedStats& stats() const { return feed_->stats(); }

 private:
  enum class Fill : uint8_t { kWhole, kExact };

  bool is_video() const { return options_.kind == media::Kind::kVideo; }
  // A key frame begins here; true for audio.
  bool Starts(const StreamPacket& packet) const noexcept;
  // False where an appsrc is full.
  bool Take(StreamPacket& packet, uint64_t lost, int64_t clock_ns);
  // A switch is under way, and what was captured then may begin it.
  bool IsDue(int64_t unix_ns) const noexcept;
  // False where an appsrc is full.
  bool SwitchBefore(int64_t unix_ns, bool starts);
  // Whether the feed takes the packet; it is counted where not.
  bool Admit(const StreamPacket& packet, bool starts) noexcept;
  bool PushFilled(StreamPacket& packet);
  // The packet begins where the one before it ended, by the publisher's own count.
  bool Follows(const StreamPacket& packet, uint64_t lost) const noexcept;
  bool FillTo(int64_t unix_ns, Fill fill);
  bool FillBehind(int64_t clock_ns);
  void NoticeStill(int64_t clock_ns);
  void WishKeyframe(int64_t clock_ns);
  void Switch();
  // Reports what a push changed.
  template <class Push>
  bool Reporting(Push push);
  void Tell(Event::Type type) { listener_({.type = type, .ssrc = options_.ssrc}); }
  uint32_t TimestampAt(int64_t pts_ns) const noexcept;

  const StreamOptions options_;
  const int64_t fill_lag_ns_;
  const Listener listener_;

  ReorderWindow window_;
  // Never null.
  std::unique_ptr<Feed> feed_;
  // Null where no switch is under way.
  std::unique_ptr<Feed> next_;

  // Video was lost and no key frame came since.
  bool damaged_ = false;
  std::optional<int64_t> last_wish_ns_;
  // RTP timestamp of the last packet a key frame began with.
  std::optional<uint32_t> keyframe_timestamp_;

  // When the last packet came; nothing before the first look at the clock.
  std::optional<int64_t> last_seen_ns_;
  bool still_ = false;
  // How far this stream was behind the clock lately: its silence is filled in as much later.
  int64_t behind_ns_ = 0;

  // Of the last packet that was taken: where the next begins, by the publisher's count.
  std::optional<uint32_t> next_timestamp_;
  // Of filled streams: the sequence number of the next packet pushed.
  uint16_t sequence_ = 0;
};

}  // namespace tap_reader
