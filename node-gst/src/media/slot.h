// A stream that a peer hears: one section and one SSRC for the life of the connection, whoever is in it.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>

#include "media/counters.h"
#include "media/egress.h"
#include "media/head_builder.h"
#include "media/options.h"
#include "media/packet.h"
#include "media/picture_map.h"
#include "media/sequence_map.h"
#include "media/timestamp_map.h"

namespace media {

class Track;

// Invariant, under `mutex_`: the slot is in the route snapshot of exactly `current_` and `next_`.
//
//   empty           current_ = null
//   awaiting        current_ set, epoch_ = 0: nothing sent of it yet; audio starts with any packet, video with a key
//                   frame
//   carrying        current_ set, epoch_ > 0
//   changing over   video: carrying `current_` until the first key frame of `next_`
//
// Ownership: shared by its PeerCore, the JS wrapper, the forwarder that filled it, and route snapshots.
//
// Threads: every method is safe on every thread; around a switch two publishers' threads feed one slot. Locks: `mutex_`
// is held while packets are rewritten, never while they are sent. Order of locks: Slot's, then Track's.
class Slot : public std::enable_shared_from_this<Slot> {
 public:
  // What a track learns from pushing a packet to a slot.
  enum class Outcome : uint8_t { kDone, kWantsKeyframe };

  Slot(SlotOptions options, std::shared_ptr<Egress> egress, std::shared_ptr<Counters> counters);

  const SlotOptions& options() const { return options_; }

  // Whether several packets at once are sent for less.
  bool gains_by_bursts() const { return gains_by_bursts_; }

  // Rewrites and sends each, in order, or drops and counts. A streaming thread of `from`'s publisher; no more than
  // FrameHold::kMost packets.
  Outcome Forward(std::span<const MediaPacket> packets, const Track* from) noexcept;

  // Fills the slot; `owner` names the forwarder that does it. A closed track empties it. Kind and codec must agree.
  void Route(const std::shared_ptr<Track>& track, uint64_t owner);
  // Empties the slot where `owner` filled it last; somebody else's choice stands.
  void Clear(uint64_t owner) noexcept;

  // The receiver asks for a key frame.
  void OnPli(int64_t now_ns) noexcept;
  // A request repeated under the same number counts once.
  void OnFir(uint8_t sequence, int64_t now_ns) noexcept;

  // From now on packets are sent; what the slot carries starts anew as after a switch.
  void Attach() noexcept;
  void Detach() noexcept;
  // Detached for good, out of every route. Idempotent.
  void Close() noexcept;

 private:
  friend class Track;

  // The rest is called with `mutex_` held, but for OnTrackClosed.
  bool Rewrite(const MediaPacket& packet, const Track* from, OutPacket& out, Outcome& outcome) noexcept;
  // Whether the packet is of the stream the slot carries, or begins to carry with it.
  bool Admit(const MediaPacket& packet, const Track* from, Outcome& outcome) noexcept;
  void Start(const MediaPacket& packet) noexcept;
  // Of the stream that is carried: closes the gap of what the track's gate held before this packet.
  void Resume(const MediaPacket& packet) noexcept;
  void Write(const MediaPacket& packet, uint16_t sequence, OutPacket& out) noexcept;
  bool Drop(Counter& counter) noexcept;
  // Whether something is to be asked for; the asking is done without the lock.
  bool Fill(const std::shared_ptr<Track>& track);
  void Empty() noexcept;
  void SetCurrent(std::shared_ptr<Track> track);
  void SetNext(std::shared_ptr<Track> track);
  bool AwaitsKeyframe() const noexcept;
  // The track closes. Called by it without its lock.
  void OnTrackClosed(const Track* track) noexcept;

  const SlotOptions options_;
  const std::shared_ptr<Counters> counters_;
  const HeadBuilder head_;
  const bool gains_by_bursts_;

  std::mutex mutex_;
  // Null once closed.
  std::shared_ptr<Egress> egress_;
  bool attached_ = false;
  // The next packet begins something new for the listener.
  bool mark_ = false;
  std::shared_ptr<Track> current_;
  std::shared_ptr<Track> next_;
  // Which epoch of `current_` is being sent; 0 while its first packet is awaited, and while the slot is not attached.
  uint32_t epoch_ = 0;
  // The newest of `current_` that was sent; valid while `epoch_` is.
  uint32_t spurt_ = 0;
  uint64_t owner_ = 0;
  int16_t last_fir_ = -1;
  SequenceMap sequence_;
  TimestampMap timestamp_;
  PictureMap picture_;
};

}  // namespace media
