// The one thread that writes the queues of all taps to their sockets.
#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "media/tap/tap_stream.h"

namespace media {

// How often queues are looked at. Streaming threads never wake the writer: a system call per packet would cost more
// than the copy. A reader sees packets later by this at most.
inline constexpr std::chrono::milliseconds kTapWritePeriod{20};

// Its thread starts with the first tap and ends by itself with the last; nobody waits for it.
//
// Threads: Add on any thread. `mutex_` guards what was added and whether the thread runs, for a few instructions.
class TapWriter {
 public:
  // Of the process. Never destroyed: its thread may outlive everything else.
  static TapWriter& Instance();

  // Writes `stream` until it has ended. Throws std::system_error where no thread can be started.
  void Add(std::shared_ptr<TapStream> stream);

 private:
  void Run() noexcept;
  // False where there is nothing to do any more; the thread counts as gone then.
  bool TakeAdded(std::vector<std::shared_ptr<TapStream>>& streams) noexcept;

  std::mutex mutex_;
  bool running_ = false;
  std::vector<std::shared_ptr<TapStream>> added_;
};

}  // namespace media
