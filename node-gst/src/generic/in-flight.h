// Operations that GStreamer has not answered yet. Taking a webrtcbin to NULL in the midst of one leaks its sockets, and
// one that meets the end is never answered: whoever stops an element waits for them first, and breaks the rest off.
#pragma once
#include <glib-object.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>

#include "ref.h"

namespace generic {

class InFlight;

// One promise and our reference of it. Any thread.
class Operation {
 public:
  explicit Operation(std::shared_ptr<InFlight> group) : group_(std::move(group)) {}

  // Once, before it begins: the promise comes second, since its change function has to know the operation.
  void Take(GstMini<GstPromise> promise) { promise_ = std::move(promise); }
  GstPromise* promise() const { return promise_.get(); }
  // From the change function.
  void Answered();
  // Answers in GStreamer's place, where that has not answered.
  void Interrupt();

 private:
  GstMini<GstPromise> promise_;
  const std::shared_ptr<InFlight> group_;
  std::atomic<bool> answered_{false};
};

// Those of one pipeline: made on demand, kept as data of the topmost parent. Any thread; `lock_` is a leaf.
class InFlight {
 public:
  static std::shared_ptr<InFlight> Of(GObject* object);
  // Returns when `object`'s pipeline has none left, or after two seconds. Blocks; for the pool.
  static void Wait(GObject* object);
  // For a pipeline in NULL, from which no answer will come.
  static void InterruptAll(GObject* object);

  void Begin(std::shared_ptr<Operation> operation);

 private:
  friend class Operation;
  static std::shared_ptr<InFlight> Find(GObject* object, bool create);

  std::mutex lock_;
  std::condition_variable changed_;
  std::set<std::shared_ptr<Operation>> operations_;
};

}  // namespace generic
