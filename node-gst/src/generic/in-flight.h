// Operations of a pipeline that GStreamer has not answered yet. Taking a webrtcbin to NULL in the midst of one leaks its
// sockets, so whoever stops an element waits for them first.
#pragma once
#include <glib-object.h>

#include <condition_variable>
#include <memory>
#include <mutex>

namespace generic {

// One per topmost parent, made on demand and kept as its data. Any thread; `lock_` is a leaf.
class InFlight {
 public:
  // Counts one operation of `object` until the result is destroyed.
  static std::shared_ptr<void> Begin(GObject* object);
  // Returns when `object` has none left, or after two seconds. Blocks; for the pool.
  static void Wait(GObject* object);

 private:
  static std::shared_ptr<InFlight> Of(GObject* object, bool create);

  std::mutex lock_;
  std::condition_variable changed_;
  int count_ = 0;
};

}  // namespace generic
