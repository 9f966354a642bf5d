#include "media/track.h"

#include <algorithm>
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
  const bool wants_keyframe =
      options_.kind == Kind::kVideo ? PushVideo(packet, *routes) : Forward({&packet, 1}, *routes);
  if (wants_keyframe) RequestKeyframe(packet.arrival_ns);
}

bool Track::PushVideo(const MediaPacket& packet, const Routes& routes) noexcept {
  bool wants_keyframe = false;
  const auto forward = [&](std::span<const MediaPacket> packets) { wants_keyframe |= Forward(packets, routes); };
  const std::lock_guard lock(order_mutex_);
  if (routes.bursts >= kLeastForWholePictures) {
    hold_.Add(packet, forward);
  } else {
    hold_.Pass(packet, forward);
  }
  return wants_keyframe;
}

bool Track::Forward(std::span<const MediaPacket> packets, const Routes& routes) noexcept {
  const bool has_keyframe = std::any_of(packets.begin(), packets.end(), [](const auto& each) { return each.keyframe; });
  if (has_keyframe) keyframe_wanted_.store(false, std::memory_order_relaxed);
  bool waiting = false;
  for (const auto& slot : routes.slots) {
    waiting |= slot->Forward(packets, this) == Slot::Outcome::kWantsKeyframe;
  }
  if (!routes.slots.empty()) {
    const int64_t now = clock_->Now();
    for (const MediaPacket& packet : packets) counters_->forwarding.Add(now - packet.arrival_ns);
  }
  return !has_keyframe && (waiting || keyframe_wanted_.load(std::memory_order_relaxed));
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
    if (routes_->slots.empty()) return;
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
  for (const auto& slot : routes->slots) slot->OnTrackClosed(this);
}

bool Track::AddRoute(const std::shared_ptr<Slot>& slot) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  std::vector<std::shared_ptr<Slot>> slots;
  slots.reserve(routes_->slots.size() + 1);
  slots = routes_->slots;
  slots.push_back(slot);
  SetSlots(std::move(slots));
  return true;
}

void Track::RemoveRoute(const Slot* slot) {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Slot>> slots = routes_->slots;
  std::erase_if(slots, [slot](const auto& each) { return each.get() == slot; });
  SetSlots(std::move(slots));
}

void Track::SetSlots(std::vector<std::shared_ptr<Slot>> slots) {
  const auto bursts = std::count_if(slots.begin(), slots.end(), [](const auto& each) { return each->gains_by_bursts(); });
  routes_ = std::make_shared<const Routes>(Routes{std::move(slots), static_cast<size_t>(bursts)});
}

}  // namespace media
