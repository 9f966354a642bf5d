// One tap's way out: a bounded queue of frames and the socket they are written to.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "media/counters.h"
#include "media/tap/frame_ring.h"

namespace media {

// How long what waits is still written after the tap was closed.
inline constexpr int64_t kTapDrainNs = 2'000'000'000;

struct TapCounters {
  Counter packets, bytes, overflow_packets, overflow_bytes, written;
};

//   open ─► closing ─► ended          closing: no more frames, what waits is written until `kTapDrainNs` later
//     └───────────────► ended          the reader has gone
//
// Ownership: shared by the tap, its egress, and the writer until it has ended. Owns the descriptor.
//
// Threads: Put on streaming threads, Close on the JS thread, Write on the writer's thread only. `mutex_` guards the
// ring and the state for the length of one copy; it is not held while the socket is written to.
class TapStream {
 public:
  // `fd` is a connected stream socket.
  TapStream(int fd, size_t capacity);
  ~TapStream();
  TapStream(const TapStream&) = delete;
  TapStream& operator=(const TapStream&) = delete;

  // Queues one packet in two pieces behind its length (RFC 4571); where the queue is full it is dropped whole and counted.
  // False where it was dropped, for whatever reason. Never waits for the reader.
  bool Put(Bytes head, Bytes payload) noexcept;

  // No more packets. Idempotent.
  void Close() noexcept;

  enum class State : uint8_t {
    kWritten,  // nothing waits
    kWaiting,  // the socket takes no more for now
    kEnded,    // for good; the descriptor is closed
  };
  // Writes what waits, as far as the socket takes it. `now_ns` is on any steady clock, the same at every call.
  State Write(int64_t now_ns) noexcept;
  // The other side has gone.
  void Break() noexcept;

  // The writer's thread. -1 once ended.
  int fd() const { return fd_; }

  const TapCounters& counters() const { return counters_; }
  size_t buffered() noexcept;
  bool broken() const { return broken_.load(std::memory_order_relaxed); }

 private:
  // Sends once. The writer's thread.
  enum class Sent : uint8_t { kSome, kFull, kFailed };
  Sent Send(const FrameRing::Pieces& pieces, size_t& count) noexcept;
  void End() noexcept;

  TapCounters counters_;
  std::atomic<bool> broken_{false};

  // The writer's thread, and the destructor.
  int fd_;
  // When to give up writing what waits; 0 while the tap is open.
  int64_t give_up_ns_ = 0;

  std::mutex mutex_;
  bool closed_ = false;
  FrameRing ring_;
};

}  // namespace media
