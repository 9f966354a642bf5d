#include "media/forwarder.h"

#include <atomic>

#include "media/slot.h"
#include "media/track.h"

namespace media {
namespace {

// Unique in the process: slots remember by it who filled them, whatever environment that was.
uint64_t NextId() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1) + 1;
}

}  // namespace

Forwarder::Forwarder() : id_(NextId()) {}

Forwarder::~Forwarder() { Close(); }

void Forwarder::Route(const std::shared_ptr<Slot>& slot, const std::shared_ptr<Track>& track) {
  if (closed_) return;
  if (!track) {
    slot->Clear(id_);
    filled_.Remove(slot.get());
    return;
  }
  slot->Route(track, id_);
  filled_.Add(slot);
}

void Forwarder::Gate(const std::shared_ptr<Track>& track, std::optional<uint8_t> quietest) {
  if (closed_) return;
  if (!quietest) {
    track->ClearGate(id_);
    gated_.Remove(track.get());
    return;
  }
  track->SetGate(*quietest, id_);
  gated_.Add(track);
}

void Forwarder::Close() noexcept {
  closed_ = true;
  filled_.Drain([this](Slot& slot) { slot.Clear(id_); });
  gated_.Drain([this](Track& track) { track.ClearGate(id_); });
}

}  // namespace media
