#include "media/track.h"

#include <utility>

#include "media/slot.h"

namespace media {
namespace {

constexpr uint64_t kHasSource = uint64_t{1} << 32;

}  // namespace

Track::Track(TrackOptions options, std::shared_ptr<Clock> clock, std::shared_ptr<KeyframeSink> sink,
             std::shared_ptr<Counters> counters)
    : options_(std::move(options)),
      clock_(std::move(clock)),
      counters_(std::move(counters)),
      sink_(std::move(sink)),
      routes_(std::make_shared<const Routes>()) {}

void Track::Push(MediaPacket& packet) noexcept {
  std::shared_ptr<const Routes> routes;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    levels_.Add(packet);
    if (gate_.Admits(packet)) routes = routes_;
    packet.spurt = gate_.spurt();
  }
  if (!routes) {
    counters_->dropped.gated.Add();
    return;
  }
  if (packet.keyframe) keyframe_wanted_.store(false, std::memory_order_relaxed);
  bool waiting = false;
  for (const auto& slot : *routes) {
    waiting |= slot->Forward(packet, this) == Slot::Outcome::kWantsKeyframe;
  }
  if (!routes->empty()) counters_->forwarding.Add(clock_->Now() - packet.arrival_ns);
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

void Track::OnLost(int64_t now_ns) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (routes_->empty()) return;
  }
  RequestKeyframe(now_ns);
}

std::optional<LevelSummary> Track::TakeLevels() noexcept {
  const std::lock_guard lock(mutex_);
  if (levels_.packets == 0) return std::nullopt;
  return std::exchange(levels_, {});
}

void Track::SetGate(uint8_t quietest, uint64_t owner) noexcept {
  const std::lock_guard lock(mutex_);
  gate_.Set(quietest);
  gate_owner_ = owner;
}

void Track::ClearGate(uint64_t owner) noexcept {
  const std::lock_guard lock(mutex_);
  if (gate_owner_ == owner) gate_.Set(std::nullopt);
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
