// The threads of the process that receive the RTP of all direct receptions.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "media/clock.h"
#include "media/reception/rtp_port.h"

namespace media {

class DirectReception;

// A few, whatever the number of peers; each peer belongs to one, which does everything with its packets: reads, decrypts,
// forwards, and for each receiver rewrites, encrypts and sends. What comes in together leaves together, with one system
// call for each receiver. They start with the first port, and wait for the next when there is none.
//
// Threads: every method on any. Locks: `mutex_` guards the list of ports, for a few instructions; a worker's `busy` is held
// by it while it has packets.
class ReceiveThreads {
 public:
  static constexpr unsigned kMost = 4;

  // Of the process. Never destroyed: its threads may outlive everything else.
  static ReceiveThreads& Instance();

  // From now on `reception` gets what comes in on `port`. Returns its id. Throws std::system_error where no thread can be
  // started, or nothing more be watched.
  uint64_t Add(std::shared_ptr<RtpPort> port, std::shared_ptr<DirectReception> reception, std::shared_ptr<const Clock> clock);
  // A packet under way may still arrive. Unknown ids are nothing's.
  void Remove(uint64_t id) noexcept;
  // The end of the process: removes all and waits until no packet is under way. Nothing is received any more.
  void Stop() noexcept;

 private:
  struct Source {
    std::shared_ptr<RtpPort> port;
    std::shared_ptr<DirectReception> reception;
    std::shared_ptr<const Clock> clock;
  };
  struct Worker {
    int epoll = -1;
    std::mutex busy;
  };

  void StartWorkers();
  Worker& WorkerOf(uint64_t id) { return *workers_[id % workers_.size()]; }
  void Run(Worker& worker) noexcept;
  void Receive(uint64_t id, DatagramBatch& batch) noexcept;
  std::shared_ptr<const Source> Find(uint64_t id) noexcept;

  std::mutex mutex_;
  bool stopped_ = false;
  uint64_t last_id_ = 0;
  // Made with the first port, and never again.
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unordered_map<uint64_t, std::shared_ptr<const Source>> sources_;
};

}  // namespace media
