#include "tap_reader/stream.h"

#include <algorithm>
#include <utility>

namespace tap_reader {
namespace {

// Asking again sooner only makes a second key frame.
constexpr int64_t kWishPeriodNs = 1'000'000'000;
// A stream without packets for so long is still.
constexpr int64_t kStillNs = 1'000'000'000;
// The capture clock corrects itself by some ms: between packets that follow each other less than this is no hole.
constexpr int64_t kCorrectionNs = 60'000'000;
// What may come so much behind the time that is filled already; more is dropped.
constexpr int64_t kOverlapNs = 60'000'000;
// Media is not older than this when it comes into the tap.
constexpr int64_t kMostBehindNs = 5'000'000'000;
// By how much a stream's delay is forgotten with each packet.
constexpr int64_t kForgetNs = 2'000'000;

}  // namespace

Stream::Stream(const StreamOptions& options, const ReaderOptions& reader, std::shared_ptr<Sink> sink,
               std::optional<int64_t> origin_ns, Listener listener)
    : options_(options),
      fill_lag_ns_(reader.fill_lag_ns),
      listener_(std::move(listener)),
      window_(reader.patience_ns),
      feed_(std::make_unique<Feed>(std::move(sink), origin_ns)) {}

void Stream::Add(StreamPacket packet, int64_t clock_ns) {
  last_seen_ns_ = clock_ns;
  still_ = false;
  const int64_t behind = std::clamp<int64_t>(clock_ns - packet.unix_ns, 0, kMostBehindNs);
  behind_ns_ = std::max(behind, behind_ns_ - kForgetNs);
  switch (window_.Add(std::move(packet), clock_ns)) {
    case ReorderWindow::Added::kHeld:
      break;
    case ReorderWindow::Added::kDuplicate:
      feed_->stats().duplicates += 1;
      break;
    case ReorderWindow::Added::kLate:
      feed_->stats().late += 1;
      break;
  }
}

bool Stream::Advance(int64_t clock_ns) {
  while (StreamPacket* const packet = window_.Front(clock_ns)) {
    const uint64_t lost = window_.LostBeforeFront();
    const bool starts = Starts(*packet);
    const uint32_t timestamp = packet->timestamp;
    if (!Take(*packet, lost, clock_ns)) return false;
    feed_->stats().lost += lost;
    if (is_video() && starts) keyframe_timestamp_ = timestamp;
    window_.Pop();
  }
  if (options_.silence) return FillBehind(clock_ns);
  NoticeStill(clock_ns);
  return true;
}

bool Stream::Starts(const StreamPacket& packet) const noexcept {
  if (!is_video()) return true;
  // A key frame in several parts begins with its first.
  return StartsDecoding(options_.codec, packet.payload()) && keyframe_timestamp_ != packet.timestamp;
}

bool Stream::Take(StreamPacket& packet, uint64_t lost, int64_t clock_ns) {
  const bool starts = Starts(packet);
  if (is_video()) damaged_ = !starts && (damaged_ || lost > 0);
  if (!SwitchBefore(packet.unix_ns, starts)) return false;
  if (is_video() && !starts && (damaged_ || !feed_->began() || IsDue(packet.unix_ns))) WishKeyframe(clock_ns);
  if (!Admit(packet, starts)) return true;
  feed_->Begin(packet.unix_ns);

  if (options_.silence) {
    if (!Follows(packet, lost) && !FillTo(packet.unix_ns, Fill::kExact)) return false;
    return PushFilled(packet);
  }
  const int64_t pts = feed_->PtsOf(packet);
  return Reporting([&] { return feed_->PushPacket(packet, std::move(packet.bytes), pts, 0); });
}

bool Stream::IsDue(int64_t unix_ns) const noexcept {
  return next_ && (!next_->origin_ns() || unix_ns >= *next_->origin_ns());
}

bool Stream::SwitchBefore(int64_t unix_ns, bool starts) {
  if (!starts || !IsDue(unix_ns)) return true;
  const auto origin = next_->origin_ns();
  // Up to the origin the hole is the old one's, behind it the new one's.
  if (options_.silence && origin && !FillTo(*origin, Fill::kExact)) return false;
  Switch();
  return true;
}

bool Stream::Admit(const StreamPacket& packet, bool starts) noexcept {
  FeedStats& stats = feed_->stats();
  if (is_video() && feed_->began()) return true;
  if (feed_->origin_ns() && packet.unix_ns < *feed_->origin_ns()) {
    stats.early += 1;
    return false;
  }
  if (starts) return true;
  stats.awaiting_keyframe += 1;
  return false;
}

bool Stream::PushFilled(StreamPacket& packet) {
  const int64_t duration = OpusDurationNs(packet.payload());
  if (packet.unix_ns + duration + kOverlapNs <= feed_->EndUnixNs()) {
    feed_->stats().overlapped += 1;
    return true;
  }
  const int64_t pts = feed_->PtsOf(packet);
  media::WriteU16(&packet.bytes[2], sequence_);
  media::WriteU32(&packet.bytes[4], TimestampAt(pts));
  if (!Reporting([&] { return feed_->PushPacket(packet, std::move(packet.bytes), pts, duration); })) return false;
  sequence_ += 1;
  next_timestamp_ = packet.timestamp + static_cast<uint32_t>(duration * options_.clock_rate / 1'000'000'000);
  return true;
}

bool Stream::Follows(const StreamPacket& packet, uint64_t lost) const noexcept {
  return lost == 0 && feed_->began() && next_timestamp_ == packet.timestamp &&
         packet.unix_ns - feed_->EndUnixNs() < kCorrectionNs;
}

bool Stream::FillTo(int64_t unix_ns, Fill fill) {
  if (!feed_->origin_ns()) return true;
  for (;;) {
    const SilencePiece* const piece = SilenceWithin(unix_ns - feed_->EndUnixNs());
    if (piece == nullptr || (fill == Fill::kWhole && piece->duration_ns < kLongSilence.duration_ns)) return true;
    const uint32_t timestamp = TimestampAt(feed_->stats().end_pts_ns);
    auto packet = BuildSilence(*piece, {options_.payload_type, sequence_, timestamp, options_.ssrc});
    if (!Reporting([&] { return feed_->PushSilence(std::move(packet), piece->duration_ns); })) return false;
    sequence_ += 1;
  }
}

bool Stream::FillBehind(int64_t clock_ns) {
  const int64_t until = clock_ns - fill_lag_ns_ - behind_ns_;
  if (!SwitchBefore(until, true)) return false;
  return FillTo(until, Fill::kWhole);
}

void Stream::NoticeStill(int64_t clock_ns) {
  if (!last_seen_ns_) last_seen_ns_ = clock_ns;
  if (clock_ns - *last_seen_ns_ < kStillNs) return;
  if (next_) Switch();
  if (!std::exchange(still_, true)) Tell(Event::Type::kStill);
}

void Stream::WishKeyframe(int64_t clock_ns) {
  if (last_wish_ns_ && clock_ns - *last_wish_ns_ < kWishPeriodNs) return;
  last_wish_ns_ = clock_ns;
  Tell(Event::Type::kKeyframe);
}

void Stream::SwitchTo(std::shared_ptr<Sink> sink, SwitchAt at, std::optional<int64_t> origin_ns) {
  next_ = std::make_unique<Feed>(std::move(sink), origin_ns);
  last_wish_ns_.reset();
  if (at == SwitchAt::kNow) Switch();
}

void Stream::Switch() {
  Release();
  feed_ = std::move(next_);
}

void Stream::Release() {
  listener_({.type = Event::Type::kReleased, .ssrc = options_.ssrc, .stats = feed_->stats()});
}

template <class Push>
bool Stream::Reporting(Push push) {
  const bool began = feed_->began();
  const bool dead = feed_->dead();
  if (!push()) return false;
  if (!began && feed_->began()) {
    const int64_t pts = feed_->last_pts_ns();
    const int64_t unix = *feed_->origin_ns() + pts;
    listener_({.type = Event::Type::kBegan, .ssrc = options_.ssrc, .unix_ns = unix, .pts_ns = pts});
  }
  if (!dead && feed_->dead()) Tell(Event::Type::kRefused);
  return true;
}

uint32_t Stream::TimestampAt(int64_t pts_ns) const noexcept {
  // In two parts: the product of days and a clock rate does not fit.
  constexpr int64_t kSecond = 1'000'000'000;
  return static_cast<uint32_t>(pts_ns / kSecond * options_.clock_rate + pts_ns % kSecond * options_.clock_rate / kSecond);
}

}  // namespace tap_reader
