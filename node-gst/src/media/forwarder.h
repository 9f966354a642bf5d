// The routes of one conversation.
#pragma once
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace media {

class Slot;
class Track;

// Which slots this forwarder filled; the routes themselves are in tracks and slots. JS thread only. Closed by its
// destructor.
class Forwarder {
 public:
  Forwarder();
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  // Fills `slot`, or empties it where `track` is null. A slot that another forwarder has filled since is taken over by
  // the first and left alone by the second. Nothing after Close().
  void Route(const std::shared_ptr<Slot>& slot, const std::shared_ptr<Track>& track);
  // Empties every slot this forwarder filled. Idempotent.
  void Close() noexcept;

 private:
  // Forgets slots that are gone.
  void Sweep();

  const uint64_t id_;
  bool closed_ = false;
  std::unordered_map<const Slot*, std::weak_ptr<Slot>> filled_;
  size_t sweep_at_;
};

}  // namespace media
