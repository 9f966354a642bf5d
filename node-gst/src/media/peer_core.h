// The media of one peer without GStreamer: its tracks, its slots, its way in. The harness and PeerMedia each build one.
#pragma once
#include <memory>
#include <vector>

#include "media/clock.h"
#include "media/counters.h"
#include "media/egress.h"
#include "media/ingest.h"
#include "media/keyframe_sink.h"
#include "media/options.h"

namespace media {

class Slot;
class Track;

// Ownership: keep it in a shared_ptr that the streaming threads' callbacks hold too. The destructor closes.
//
// Threads: every method is safe on every thread. No locks of its own.
class PeerCore {
 public:
  // `clock` must be the one that `now_ns` of the ingest is read from.
  PeerCore(const PeerOptions& options, const std::shared_ptr<Clock>& clock, const std::shared_ptr<Egress>& egress,
           const std::shared_ptr<KeyframeSink>& sink,
           const std::shared_ptr<Counters>& counters = std::make_shared<Counters>());
  ~PeerCore();
  PeerCore(const PeerCore&) = delete;
  PeerCore& operator=(const PeerCore&) = delete;

  // In the order of the options; fixed for life.
  const std::vector<std::shared_ptr<Track>>& tracks() const { return tracks_; }
  const std::vector<std::shared_ptr<Slot>>& slots() const { return slots_; }
  Ingest& ingest() { return *ingest_; }
  // One decrypted compound of the peer, on its streaming thread: about what it sends, and about what it is sent.
  void OnRtcp(Bytes compound, int64_t now_ns) noexcept;
  const Counters& counters() const { return *counters_; }

  void Attach() noexcept;
  void Detach() noexcept;
  // Takes tracks and slots out of every route, for good. Idempotent. Streaming threads may still call the ingest: what
  // they bring goes nowhere.
  void Close() noexcept;

 private:
  const std::shared_ptr<Counters> counters_;
  const std::shared_ptr<Egress> egress_;
  std::vector<std::shared_ptr<Track>> tracks_;
  std::vector<std::shared_ptr<Slot>> slots_;
  std::unique_ptr<Ingest> ingest_;
};

}  // namespace media
