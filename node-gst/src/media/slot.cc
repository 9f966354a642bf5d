#include "media/slot.h"

#include <array>
#include <cstring>
#include <random>

#include "media/frame_hold.h"
#include "media/track.h"

namespace media {
namespace {

// SRTP receivers guess the rollover count from the first number: in the lower half it leaves no doubt (RFC 3711 §3.3.1).
uint16_t FirstSequence() { return static_cast<uint16_t>(std::random_device{}() & 0x7FFF); }
uint32_t FirstTimestamp() { return std::random_device{}(); }

}  // namespace

Slot::Slot(SlotOptions options, std::shared_ptr<Egress> egress, std::shared_ptr<Counters> counters)
    : options_(std::move(options)),
      counters_(std::move(counters)),
      head_(options_),
      gains_by_bursts_(egress && egress->GainsByBursts()),
      egress_(std::move(egress)),
      sequence_(FirstSequence()),
      timestamp_(options_.kind, options_.clock_rate, FirstTimestamp()) {}

Slot::Outcome Slot::Forward(std::span<const MediaPacket> packets, const Track* from) noexcept {
  std::array<OutPacket, FrameHold::kMost> out;
  size_t count = 0;
  Outcome outcome = Outcome::kDone;
  std::shared_ptr<Egress> egress;
  {
    const std::lock_guard lock(mutex_);
    for (const MediaPacket& packet : packets) {
      if (Rewrite(packet, from, out[count], outcome)) count += 1;
    }
    if (count == 0) return outcome;
    egress = egress_;
  }
  const Taken taken = egress->SendAll({out.data(), count});
  counters_->packets_out.Add(taken.packets);
  counters_->bytes_out.Add(taken.bytes);
  if (taken.packets < count) counters_->dropped.egress.Add(count - taken.packets);
  return outcome;
}

bool Slot::Rewrite(const MediaPacket& packet, const Track* from, OutPacket& out, Outcome& outcome) noexcept {
  if (!Admit(packet, from, outcome)) return false;
  uint16_t sequence = 0;
  switch (sequence_.Map(packet.rtp.sequence, sequence)) {
    case SequenceMap::Result::kDuplicate:
      return Drop(counters_->dropped.duplicate);
    case SequenceMap::Result::kLate:
      return Drop(counters_->dropped.late);
    case SequenceMap::Result::kNew:
      Write(packet, sequence, out);
      return true;
  }
  return false;
}

bool Slot::Admit(const MediaPacket& packet, const Track* from, Outcome& outcome) noexcept {
  const bool is_next = from == next_.get();
  if (!is_next && from != current_.get()) return Drop(counters_->dropped.stale);
  if (!attached_) return Drop(counters_->dropped.detached);
  if (!is_next && epoch_ != 0) {
    const int32_t newer = static_cast<int32_t>(packet.epoch - epoch_);
    if (newer == 0) {
      Resume(packet);
      return true;
    }
    // Of the stream before this one, overtaken on the way by another thread.
    if (newer < 0) return Drop(counters_->dropped.stale);
  }
  if (options_.kind == Kind::kVideo && !packet.keyframe) {
    outcome = Outcome::kWantsKeyframe;
    return Drop(counters_->dropped.awaiting_keyframe);
  }
  // What came before it and belongs behind it was dropped: that would be a hole which nobody could fill.
  if (!packet.newest || timestamp_.Overlaps(packet.capture_ns)) return Drop(counters_->dropped.late);
  if (is_next) {
    std::shared_ptr<Track> next = std::move(next_);
    current_->RemoveRoute(this);
    current_ = std::move(next);
  }
  Start(packet);
  return true;
}

void Slot::Start(const MediaPacket& packet) noexcept {
  epoch_ = packet.epoch;
  spurt_ = packet.spurt;
  sequence_.Start(packet.rtp.sequence);
  timestamp_.Start(packet.rtp.timestamp, packet.capture_ns);
  picture_.Start();
  // Tells the receiver's jitter buffer that a talk spurt begins (RFC 3551 §4.1). In video it ends a frame.
  mark_ = options_.kind == Kind::kAudio;
}

// The timestamps go on: they are the publisher's, whatever was held. Safe by the invariant of Gate: the first packet of
// a newer spurt is newer than all that was sent of the stream.
void Slot::Resume(const MediaPacket& packet) noexcept {
  if (static_cast<int32_t>(packet.spurt - spurt_) <= 0) return;
  spurt_ = packet.spurt;
  sequence_.Start(packet.rtp.sequence);
  mark_ = true;
}

void Slot::Write(const MediaPacket& packet, uint16_t sequence, OutPacket& out) noexcept {
  HeadBuilder::Fields fields;
  fields.marker = packet.rtp.marker || mark_;
  fields.sequence = sequence;
  fields.timestamp = timestamp_.Map(packet.rtp.timestamp, packet.capture_ns);
  fields.csrc = packet.csrc;
  fields.audio_level = packet.audio_level;
  mark_ = false;

  out.head_size = head_.Write(fields, out.head.data());
  out.transport_cc_at = head_.transport_cc_at();
  const size_t descriptor = packet.vp8.size;
  if (descriptor != 0) {
    uint8_t* const at = out.head.data() + out.head_size;
    std::memcpy(at, packet.rtp.payload.data(), descriptor);
    picture_.Map(packet.vp8, at);
    out.head_size += descriptor;
  }
  out.payload = packet.rtp.payload.data() + descriptor;
  out.payload_size = packet.rtp.payload.size() - descriptor;
  out.capture_ns = packet.capture_ns;
  out.timestamp_ns = packet.capture_ns + timestamp_.AheadNs();
  out.mline = options_.mline;
}

bool Slot::Drop(Counter& counter) noexcept {
  counter.Add();
  return false;
}

void Slot::Route(const std::shared_ptr<Track>& track, uint64_t owner) {
  bool ask = false;
  {
    const std::lock_guard lock(mutex_);
    if (!egress_) return;
    owner_ = owner;
    ask = Fill(track);
  }
  if (ask) track->RequestKeyframe();
}

bool Slot::Fill(const std::shared_ptr<Track>& track) {
  const bool keeps_old = options_.kind == Kind::kVideo && epoch_ != 0;
  if (track == current_) {
    SetNext(nullptr);
    return false;
  }
  if (track == next_) return false;
  if (keeps_old) {
    SetNext(track);
  } else {
    SetNext(nullptr);
    SetCurrent(track);
  }
  // Refused because it is closed: as good as empty.
  if (track->closed()) Empty();
  return AwaitsKeyframe();
}

void Slot::Clear(uint64_t owner) noexcept {
  const std::lock_guard lock(mutex_);
  if (owner_ == owner) Empty();
}

void Slot::Empty() noexcept {
  SetNext(nullptr);
  SetCurrent(nullptr);
}

void Slot::SetCurrent(std::shared_ptr<Track> track) {
  if (current_) current_->RemoveRoute(this);
  current_ = track && track->AddRoute(shared_from_this()) ? std::move(track) : nullptr;
  epoch_ = 0;
}

void Slot::SetNext(std::shared_ptr<Track> track) {
  if (next_) next_->RemoveRoute(this);
  next_ = track && track->AddRoute(shared_from_this()) ? std::move(track) : nullptr;
}

bool Slot::AwaitsKeyframe() const noexcept {
  return attached_ && options_.kind == Kind::kVideo && (next_ || (current_ && epoch_ == 0));
}

void Slot::OnTrackClosed(const Track* track) noexcept {
  std::shared_ptr<Track> asked;
  {
    const std::lock_guard lock(mutex_);
    if (track == next_.get()) next_ = nullptr;
    if (track != current_.get()) return;
    // Nothing is left to keep showing.
    current_ = std::move(next_);
    epoch_ = 0;
    if (AwaitsKeyframe()) asked = current_;
  }
  if (asked) asked->RequestKeyframe();
}

void Slot::OnPli(int64_t now_ns) noexcept {
  std::shared_ptr<Track> asked;
  {
    const std::lock_guard lock(mutex_);
    if (!attached_ || !current_) return;
    asked = current_;
  }
  counters_->keyframe_requests_in.Add();
  asked->RequestKeyframe(now_ns);
}

void Slot::OnFir(uint8_t sequence, int64_t now_ns) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (last_fir_ == sequence) return;
    last_fir_ = sequence;
  }
  OnPli(now_ns);
}

void Slot::Attach() noexcept {
  std::shared_ptr<Track> asked;
  {
    const std::lock_guard lock(mutex_);
    if (attached_ || !egress_) return;
    attached_ = true;
    if (AwaitsKeyframe()) asked = current_;
  }
  if (asked) asked->RequestKeyframe();
}

void Slot::Detach() noexcept {
  const std::lock_guard lock(mutex_);
  if (!attached_) return;
  attached_ = false;
  epoch_ = 0;
  // What the slot was changing over from has nobody to keep it for.
  if (next_) {
    std::shared_ptr<Track> next = std::move(next_);
    current_->RemoveRoute(this);
    current_ = std::move(next);
  }
}

void Slot::Close() noexcept {
  std::shared_ptr<Egress> egress;
  const std::lock_guard lock(mutex_);
  attached_ = false;
  Empty();
  egress = std::move(egress_);
}

}  // namespace media
