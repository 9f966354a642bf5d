// A stream that a peer publishes: one section, whatever SSRC it has at the moment.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "media/clock.h"
#include "media/counters.h"
#include "media/frame_hold.h"
#include "media/gate.h"
#include "media/keyframe_sink.h"
#include "media/levels.h"
#include "media/options.h"
#include "media/packet.h"

namespace media {

class Slot;

// Key frame requests of one track are merged: at most one in this time goes to the publisher, the first at once. A
// request and its key frame take a round trip and an encoded frame; asking again within that time only makes a second
// key frame, which costs every receiver.
inline constexpr int64_t kKeyframeThrottleNs = 500'000'000;

// Pictures are sent whole where so many receivers gain by it. For fewer, copying them costs what it saves.
inline constexpr size_t kLeastForWholePictures = 2;

// Ownership: shared by its PeerCore, the JS wrapper, and the slots that carry it. Slots hold the track and the track
// holds them; the circle ends when the slot is routed elsewhere, or when either side closes.
//
// Threads: every method is safe on every thread. Locks: `mutex_` guards the pointer to the route snapshot, the levels and
// the gate, for a few instructions. `order_mutex_`, of video, keeps packets in order while slots rewrite and send them; it is taken by
// Push alone, so whoever brings packets of the same track waits for it and nobody else. Order of locks: order_mutex_,
// Slot's, then mutex_.
class Track {
 public:
  Track(TrackOptions options, std::shared_ptr<Clock> clock, std::shared_ptr<KeyframeSink> sink,
        std::shared_ptr<Counters> counters);

  const TrackOptions& options() const { return options_; }

  // Forwards one packet to every slot of the snapshot, unless the gate holds it; sets its `spurt`. A packet of a picture
  // that is not complete may wait for the rest of it. Publisher's streaming thread.
  void Push(MediaPacket& packet) noexcept;

  // The stream that key frame requests go to from now on. Called when a stream takes the track over.
  void SetSource(uint32_t ssrc) noexcept;

  // True where a request went out now; false where one is pending, nothing was received yet, or the track is audio or
  // closed. What is held back is made good when the throttle allows and no key frame came in between.
  bool RequestKeyframe(int64_t now_ns) noexcept;
  bool RequestKeyframe() noexcept { return RequestKeyframe(clock_->Now()); }

  // A packet will never come. Receivers would notice by a picture that stands still, and ask for a key frame after
  // seconds; so it is asked for at once, where anybody sees the track.
  void OnLost(int64_t now_ns) noexcept;

  // What arrived since the last call, held by the gate or not; nothing where nothing did.
  std::optional<LevelSummary> TakeLevels() noexcept;

  // As Gate::Set; `owner` names the forwarder that does it.
  void SetGate(uint8_t quietest, uint64_t owner) noexcept;
  // Takes the gate away where `owner` set it last; somebody else's stands.
  void ClearGate(uint64_t owner) noexcept;

  // Leaves every slot. Idempotent.
  void Close() noexcept;
  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }

 private:
  friend class Slot;
  struct Routes {
    std::vector<std::shared_ptr<Slot>> slots;
    // How many of them gain by being sent several packets at once.
    size_t bursts = 0;
  };
  static constexpr int64_t kNever = INT64_MIN;

  // Whether to ask for a key frame.
  bool PushVideo(const MediaPacket& packet, const Routes& routes) noexcept;
  bool Forward(std::span<const MediaPacket> packets, const Routes& routes) noexcept;
  void SetSlots(std::vector<std::shared_ptr<Slot>> slots);

  // Called by Slot with its lock held; false where the track is closed.
  bool AddRoute(const std::shared_ptr<Slot>& slot);
  void RemoveRoute(const Slot* slot);

  const TrackOptions options_;
  const std::shared_ptr<Clock> clock_;
  const std::shared_ptr<Counters> counters_;

  std::atomic<bool> closed_{false};
  // SSRC in the low half, 1 above it once there is one.
  std::atomic<uint64_t> source_{0};
  // A key frame was asked for and none came since.
  std::atomic<bool> keyframe_wanted_{false};
  // kNever before the first.
  std::atomic<int64_t> last_request_ns_{kNever};

  std::mutex order_mutex_;
  FrameHold hold_;

  // Instead of std::atomic<std::shared_ptr>: that is a spinning lock too, and in GCC 12 a racy one (load() gives the lock
  // back in relaxed order).
  std::mutex mutex_;
  // Null once closed.
  std::shared_ptr<KeyframeSink> sink_;
  // Never null.
  std::shared_ptr<const Routes> routes_;
  LevelSummary levels_;
  Gate gate_;
  uint64_t gate_owner_ = 0;
};

}  // namespace media
