#include "media/track.h"

#include <algorithm>
#include <utility>

#include "media/slot.h"

namespace media {
namespace {

constexpr uint64_t kHasSource = uint64_t{1} << 32;
constexpr uint8_t kVoiceBit = 0x80;
constexpr uint8_t kLevelMask = 0x7F;

void Account(const MediaPacket& packet, LevelSummary& level) {
  level.packets += 1;
  level.bytes += static_cast<uint32_t>(packet.rtp.payload.size());
  if (packet.audio_level < 0) return;
  const uint8_t value = packet.audio_level & kLevelMask;
  level.with_level += 1;
  level.level_sum += value;
  level.loudest = std::min(level.loudest, value);
  if ((packet.audio_level & kVoiceBit) != 0) level.voiced += 1;
}

}  // namespace

Track::Track(TrackOptions options, std::shared_ptr<Clock> clock, std::shared_ptr<KeyframeSink> sink,
             std::shared_ptr<Counters> counters)
    : options_(std::move(options)),
      clock_(std::move(clock)),
      counters_(std::move(counters)),
      sink_(std::move(sink)),
      routes_(std::make_shared<const Routes>()) {}

void Track::Push(const MediaPacket& packet) noexcept {
  std::shared_ptr<const Routes> routes;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    Account(packet, level_);
    routes = routes_;
  }
  if (packet.keyframe) keyframe_wanted_.store(false, std::memory_order_relaxed);
  bool waiting = false;
  for (const auto& slot : *routes) {
    waiting |= slot->Forward(packet, this) == Slot::Outcome::kWantsKeyframe;
  }
  if (packet.keyframe) return;
  if (waiting || keyframe_wanted_.load(std::memory_order_relaxed)) RequestKeyframe(packet.arrival_ns);
}

void Track::SetSource(uint32_t ssrc) noexcept { source_.store(kHasSource | ssrc, std::memory_order_release); }

bool Track::RequestKeyframe(int64_t now_ns) noexcept {
  if (options_.kind != Kind::kVideo) return false;
  keyframe_wanted_.store(true, std::memory_order_relaxed);
  const uint64_t source = source_.load(std::memory_order_acquire);
  if (source == 0) return false;
  int64_t last = last_request_ns_.load(std::memory_order_relaxed);
  do {
    if (last != kNever && now_ns - last < kKeyframeThrottleNs) return false;
  } while (!last_request_ns_.compare_exchange_weak(last, now_ns, std::memory_order_relaxed));
  std::shared_ptr<KeyframeSink> sink;
  {
    const std::lock_guard lock(mutex_);
    sink = sink_;
  }
  if (!sink) return false;
  counters_->keyframe_requests_out.Add();
  sink->RequestKeyframe(static_cast<uint32_t>(source), options_.payload_type);
  return true;
}

std::optional<LevelSummary> Track::TakeLevel() noexcept {
  const std::lock_guard lock(mutex_);
  if (level_.packets == 0) return std::nullopt;
  return std::exchange(level_, {});
}

void Track::Close() noexcept {
  std::shared_ptr<KeyframeSink> sink;
  std::shared_ptr<const Routes> routes = std::make_shared<const Routes>();
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    sink.swap(sink_);
    routes.swap(routes_);
  }
  for (const auto& slot : *routes) slot->OnTrackClosed(this);
}

bool Track::AddRoute(const std::shared_ptr<Slot>& slot) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  Routes routes;
  routes.reserve(routes_->size() + 1);
  routes = *routes_;
  routes.push_back(slot);
  routes_ = std::make_shared<const Routes>(std::move(routes));
  return true;
}

void Track::RemoveRoute(const Slot* slot) {
  const std::lock_guard lock(mutex_);
  Routes routes = *routes_;
  std::erase_if(routes, [slot](const auto& each) { return each.get() == slot; });
  routes_ = std::make_shared<const Routes>(std::move(routes));
}

}  // namespace media
