#include "generic/env.h"

#include <utility>

#include "generic/object.h"
#include "generic/pool.h"
#include "generic/promise.h"
#include "generic/state.h"

namespace generic {

uint32_t NextId() {
  static std::atomic<uint32_t> last{0};
  uint32_t id = 0;
  while (id == 0) id = ++last;
  return id;
}

bool Mailbox::Post(std::unique_ptr<Task> task) {
  const std::lock_guard guard(lock_);
  if (function_ == nullptr) return false;
  if (napi_call_threadsafe_function(function_, task.get(), napi_tsfn_nonblocking) != napi_ok) return false;
  task.release();
  return true;
}

Environment::Environment(Napi::Env env) : env_(env), mailbox_(std::make_shared<Mailbox>()) {}

Environment::~Environment() = default;

std::shared_ptr<Environment> Environment::Create(Napi::Env env) {
  auto environment = std::shared_ptr<Environment>(new Environment(env));
  environment->Open();
  // The instance data's finalizer may run before those of wrappers: each holds its share.
  env.SetInstanceData<std::shared_ptr<Environment>>(new std::shared_ptr<Environment>(environment));
  return environment;
}

Environment& Environment::Of(Napi::Env env) { return **env.GetInstanceData<std::shared_ptr<Environment>>(); }

void Environment::Open() {
  napi_value name = Napi::String::New(env_, "node-gst");
  const napi_status status = napi_create_threadsafe_function(env_, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this,
                                                             &Environment::Dispatch, &mailbox_->function_);
  if (status != napi_ok) throw Napi::Error::New(env_, "node-gst: no thread-safe function");
  napi_unref_threadsafe_function(env_, mailbox_->function_);
  // Hooks run last in, first out: this one before the function's own, so that nobody posts into a dying function.
  napi_add_env_cleanup_hook(env_, [](void* self) { static_cast<Environment*>(self)->Close(); }, this);
}

// Runs when the environment ends, by itself, by process.exit() in a worker or by Worker.terminate(). JS is out of reach.
void Environment::Close() {
  const auto self = shared_from_this();
  closed_ = true;
  napi_threadsafe_function function = nullptr;
  {
    const std::lock_guard guard(mailbox_->lock_);
    function = std::exchange(mailbox_->function_, nullptr);
  }
  const Napi::HandleScope scope(env_);
  // A callback looks into the table when it goes.
  std::exchange(callbacks, {}).clear();
  std::vector<GObjectRef<GstElement>> live = LiveElements(*this);
  for (auto& [object, stop] : next_.doomed) {
    if (stop) live.push_back(GObjectRef<GstElement>::Share(GST_ELEMENT(object.get())));
  }
  stuck_ = !StopAll(std::move(live));
  for (auto& [object, stop] : std::exchange(next_.doomed, {})) Drop(std::move(object), stop);
  for (auto& [id, promise] : promises) promise->Break();
  promises.clear();
  wrapper_class.Reset();
  error_class.Reset();
  log_listener.Reset();
  media.reset();
  // What is still queued is handed to Dispatch without an environment, and destroyed.
  napi_release_threadsafe_function(function, napi_tsfn_abort);
}

void Environment::Dispatch(napi_env env, napi_value, void* context, void* data) {
  const std::unique_ptr<Task> task(static_cast<Task*>(data));
  auto* self = static_cast<Environment*>(context);
  if (env == nullptr || self->closed_) return;
  const auto keep = self->shared_from_this();
  const Napi::HandleScope scope(env);
  Guard(env, [&] { task->Run(*self); });
}

void Environment::Hold() {
  if (closed_ || holds_++ > 0) return;
  napi_ref_threadsafe_function(env_, mailbox_->function_);
}

void Environment::Release() {
  if (closed_ || --holds_ > 0) return;
  napi_unref_threadsafe_function(env_, mailbox_->function_);
}

void Environment::Reap(GObjectRef<GObject> object, bool stop) {
  if (closed_) return Drop(std::move(object), stop);
  next_.doomed.push_back({std::move(object), stop});
  if (!reaping_) StartReaper();
}

// With the environment closed, on whatever thread it has.
void Environment::Drop(GObjectRef<GObject> object, bool stop) {
  if (stuck_ && stop) {
    object.release();
  } else if (stop) {
    Stop(GST_ELEMENT(object.get()));
  }
}

void Environment::StartReaper() {
  const auto batch = std::make_shared<Batch>(std::exchange(next_, {}));
  reaping_ = batch;
  RunOnPool(
      *this,
      [batch] {
        for (auto& [object, stop] : batch->doomed) {
          if (stop) Stop(GST_ELEMENT(object.get()));
          object = {};
        }
      },
      [batch](Environment& environment) {
        environment.reaping_ = nullptr;
        // Throws where the environment is ending; then nothing is left to be started.
        for (const auto& deferred : batch->waiting) deferred.Resolve(environment.env().Undefined());
        if (!environment.next_.doomed.empty()) environment.StartReaper();
      });
}

Napi::Value Environment::Reaped() {
  const auto deferred = Napi::Promise::Deferred::New(env_);
  if (!next_.doomed.empty()) {
    next_.waiting.push_back(deferred);
  } else if (reaping_) {
    reaping_->waiting.push_back(deferred);
  } else {
    deferred.Resolve(env_.Undefined());
  }
  return deferred.Promise();
}

void Environment::Call(const Napi::Function& function, const std::vector<napi_value>& arguments) {
  Guard(env_, [&] { function.Call(arguments); });
}

}  // namespace generic
