// The routes and gates of one conversation.
#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace media {

class Slot;
class Track;

// What is known but not kept alive; forgets by and by what is gone. One thread.
template <class T>
class WeakSet {
 public:
  void Add(const std::shared_ptr<T>& item) {
    items_[item.get()] = item;
    if (items_.size() < sweep_at_) return;
    std::erase_if(items_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = std::max(kFirstSweep, items_.size() * 2);
  }
  void Remove(const T* item) { items_.erase(item); }
  // Calls `act` with each that is alive, and forgets all.
  template <class Act>
  void Drain(Act act) {
    for (const auto& [address, weak] : std::exchange(items_, {})) {
      if (const auto item = weak.lock()) act(*item);
    }
  }

 private:
  static constexpr size_t kFirstSweep = 64;

  std::unordered_map<const T*, std::weak_ptr<T>> items_;
  size_t sweep_at_ = kFirstSweep;
};

// Which slots this forwarder filled, and which tracks it gated; routes and gates themselves are in tracks and slots. JS
// thread only. Closed by its destructor.
class Forwarder {
 public:
  Forwarder();
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  // Fills `slot`, or empties it where `track` is null. A slot that another forwarder has filled since is taken over by
  // the first and left alone by the second. Nothing after Close().
  void Route(const std::shared_ptr<Slot>& slot, const std::shared_ptr<Track>& track);
  // As Gate::Set, for an audio track; another forwarder's gate is taken over and left alone likewise. Nothing after
  // Close().
  void Gate(const std::shared_ptr<Track>& track, std::optional<uint8_t> quietest);
  // Empties every slot this forwarder filled, and takes its gates away. Idempotent.
  void Close() noexcept;

 private:
  const uint64_t id_;
  bool closed_ = false;
  WeakSet<Slot> filled_;
  WeakSet<Track> gated_;
};

}  // namespace media
