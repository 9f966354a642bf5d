// Packets that leave together: one system call for all that a thread has for one peer.
#pragma once
#include <memory>

namespace media {

// Keeps packets until it is told that they are all there.
class Flushable {
 public:
  // Sends what waits. Any thread.
  virtual void Flush() noexcept = 0;

 protected:
  ~Flushable() = default;
};

// What is sent on a thread while one of these exists waits where it is kept, and leaves at the end of the outermost. Whoever
// handles several packets at a time opens one around them all.
//
// Threads: of the one that opened it.
class SendBurst {
 public:
  // Those that a thread has to flush; with more it does so in between.
  static constexpr size_t kMost = 1024;

  SendBurst() noexcept;
  ~SendBurst();
  SendBurst(const SendBurst&) = delete;
  SendBurst& operator=(const SendBurst&) = delete;

  // It has something to send. A few times for one in a burst cost little.
  void Add(std::shared_ptr<Flushable> keeper);

 private:
  const bool is_outermost_;
};

}  // namespace media
