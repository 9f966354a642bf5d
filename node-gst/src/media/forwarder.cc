#include "media/forwarder.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "media/slot.h"
#include "media/track.h"

namespace media {
namespace {

// Unique in the process: slots remember by it who filled them, whatever environment that was.
uint64_t NextId() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1) + 1;
}

constexpr size_t kFirstSweep = 64;

}  // namespace

Forwarder::Forwarder() : id_(NextId()), sweep_at_(kFirstSweep) {}

Forwarder::~Forwarder() { Close(); }

void Forwarder::Route(const std::shared_ptr<Slot>& slot, const std::shared_ptr<Track>& track) {
  if (closed_) return;
  if (!track) {
    slot->Clear(id_);
    filled_.erase(slot.get());
    return;
  }
  slot->Route(track, id_);
  filled_[slot.get()] = slot;
  if (filled_.size() >= sweep_at_) Sweep();
}

void Forwarder::Close() noexcept {
  if (std::exchange(closed_, true)) return;
  for (const auto& [address, weak] : filled_) {
    if (const auto slot = weak.lock()) slot->Clear(id_);
  }
  filled_.clear();
}

void Forwarder::Sweep() {
  std::erase_if(filled_, [](const auto& entry) { return entry.second.expired(); });
  sweep_at_ = std::max(kFirstSweep, filled_.size() * 2);
}

}  // namespace media
