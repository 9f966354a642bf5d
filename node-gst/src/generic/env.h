// What one JS environment (the main thread or a worker) owns, and the only way from native threads to its JavaScript.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "ref.h"

namespace generic {

class Environment;
class Record;
struct Callback;

// Something to do on the JS thread. Made on any thread; run, or destroyed unrun when the environment has gone.
class Task {
 public:
  virtual ~Task() = default;
  virtual void Run(Environment& environment) = 0;
};

// The queue to one JS thread: unbounded, first in first out over all signals, messages and promises. Any thread may
// post and never waits for JavaScript: `lock_` is held by posters for one enqueue and by the JS thread to close.
class Mailbox {
 public:
  // False where the environment has gone; the task is destroyed then.
  bool Post(std::unique_ptr<Task> task);

  // Pipelines made by this environment that are not finalised yet. Any thread.
  std::atomic<int> pipelines{0};

 private:
  friend class Environment;
  std::mutex lock_;
  napi_threadsafe_function function_ = nullptr;  // null once closed
};

// Owned by the napi instance data and by every wrapper, so that finalizers running late still find it. All members
// belong to the JS thread.
class Environment : public std::enable_shared_from_this<Environment> {
 public:
  static std::shared_ptr<Environment> Create(Napi::Env env);
  static Environment& Of(Napi::Env env);
  ~Environment();

  Napi::Env env() const { return env_; }
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  // True from the cleanup hook on: no JS may be called and no work queued any more.
  bool closed() const { return closed_; }

  // Node lives on while somebody holds: a promise of GStreamer is a reason to wait.
  void Hold();
  void Release();

  // Drops a reference off the JS thread, for a last one may join threads; `stop` takes the element to NULL first.
  void Reap(GObjectRef<GObject> object, bool stop);
  // Resolves when all that was reaped before has been dropped.
  Napi::Value Reaped();

  // Calls JS from the event loop; what it throws becomes an uncaught exception.
  void Call(const Napi::Function& function, const std::vector<napi_value>& arguments);

  Napi::FunctionReference wrapper_class;
  Napi::FunctionReference error_class;
  // Gets GStreamer's own log; empty where nobody wants it.
  Napi::FunctionReference log_listener;
  // Callback id → function. An event whose id is gone is dropped.
  std::map<uint32_t, std::unique_ptr<Callback>> callbacks;
  // What the wrapper under construction is to hold.
  std::shared_ptr<Record> wrapping;
  // What the wrappers of one GObject share.
  std::unordered_map<GObject*, std::weak_ptr<Record>> records;
  // Promises of GStreamer without an answer.
  std::unordered_map<uint32_t, std::unique_ptr<class PendingPromise>> promises;
  int wrappers = 0;
  // For the media half: whatever it wants to keep per environment.
  std::shared_ptr<void> media;

 private:
  struct Doomed {
    GObjectRef<GObject> object;
    bool stop;
  };

  // What the reaper drops in one go, and who waits for it.
  struct Batch {
    std::vector<Doomed> doomed;  // the pool's while it is dropped
    std::vector<Napi::Promise::Deferred> waiting;
  };

  explicit Environment(Napi::Env env);
  void Open();
  void Close();
  void Drop(GObjectRef<GObject> object, bool stop);
  void StartReaper();
  static void Dispatch(napi_env env, napi_value, void* context, void* data);

  Napi::Env env_;
  std::shared_ptr<Mailbox> mailbox_;
  int holds_ = 0;
  bool closed_ = false;
  // An element could not be stopped at the end: what is left is leaked, for freeing it would hang.
  bool stuck_ = false;
  std::shared_ptr<Batch> reaping_;  // null while nothing is dropped
  Batch next_;
};

// An id for callbacks, promises and objects; never 0. Any thread.
uint32_t NextId();

}  // namespace generic
