#include "media/peer_core.h"

#include "media/slot.h"
#include "media/track.h"

namespace media {

PeerCore::PeerCore(const PeerOptions& options, const std::shared_ptr<Clock>& clock,
                   const std::shared_ptr<Egress>& egress, const std::shared_ptr<KeyframeSink>& sink,
                   const std::shared_ptr<Counters>& counters)
    : counters_(counters), egress_(egress) {
  for (const TrackOptions& track : options.tracks) {
    tracks_.push_back(std::make_shared<Track>(track, clock, sink, counters_));
  }
  for (const SlotOptions& slot : options.slots) slots_.push_back(std::make_shared<Slot>(slot, egress, counters_));
  ingest_ = std::make_unique<Ingest>(options.csrc, options.rate, tracks_, slots_, counters_);
}

PeerCore::~PeerCore() { Close(); }

void PeerCore::OnRtcp(Bytes compound, int64_t now_ns) noexcept {
  ingest_->OnRtcp(compound, now_ns);
  egress_->OnRtcp(compound, now_ns);
}

void PeerCore::Attach() noexcept {
  for (const auto& slot : slots_) slot->Attach();
}

void PeerCore::Detach() noexcept {
  for (const auto& slot : slots_) slot->Detach();
}

void PeerCore::Close() noexcept {
  // Slots first: nothing more goes out to a peer that is going away, whatever its own tracks still trigger.
  for (const auto& slot : slots_) slot->Close();
  for (const auto& track : tracks_) track->Close();
}

}  // namespace media
