#include "generic/generic.h"

#include <malloc.h>

#include "generic/args.h"
#include "generic/env.h"
#include "generic/log.h"
#include "generic/make.h"
#include "generic/object.h"
#include "generic/state.h"

namespace generic {

namespace {

Napi::Value Counters(const Napi::CallbackInfo& info) {
  const Environment& environment = Environment::Of(info.Env());
  const Napi::Object counters = Napi::Object::New(info.Env());
  counters.Set("objects", environment.wrappers);
  counters.Set("callbacks", static_cast<double>(environment.callbacks.size()));
  counters.Set("promises", static_cast<double>(environment.promises.size()));
  counters.Set("pipelines", environment.mailbox()->pipelines.load());
  return counters;
}

// For index.cjs: the class of errors is written in JavaScript.
Napi::Value SetErrorClass(const Napi::CallbackInfo& info) {
  const Args args(info, "setErrorClass");
  Environment::Of(info.Env()).error_class = Napi::Persistent(args.Function(0, "class"));
  return info.Env().Undefined();
}

// For index.cjs: process.exit() in the main thread runs no cleanup hook, only JavaScript's own `exit` event.
Napi::Value StopLive(const Napi::CallbackInfo& info) {
  StopAll(LiveElements(Environment::Of(info.Env())));
  return info.Env().Undefined();
}

Napi::Value Freed(const Napi::CallbackInfo& info) { return Environment::Of(info.Env()).Reaped(); }

Napi::Value TrimMemory(const Napi::CallbackInfo& info) {
  const Args args(info, "trimMemory");
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  return info.Env().Undefined();
}

class PostedTask : public Task {
 public:
  explicit PostedTask(std::function<void(Napi::Env)> run) : run_(std::move(run)) {}
  void Run(Environment& environment) override { run_(environment.env()); }

 private:
  const std::function<void(Napi::Env)> run_;
};

}  // namespace

void Register(Napi::Env env, Napi::Object exports) {
  const auto environment = Environment::Create(env);
  DefineWrapperClass(*environment);
  RegisterMakers(env, exports);
  RegisterLog(env, exports);
  exports.Set("counters", Napi::Function::New<Counters>(env, "counters"));
  exports.Set("freed", Napi::Function::New<Freed>(env, "freed"));
  exports.Set("trimMemory", Napi::Function::New<TrimMemory>(env, "trimMemory"));
  exports.Set("setErrorClass", Napi::Function::New<SetErrorClass>(env, "setErrorClass"));
  exports.Set("stopLive", Napi::Function::New<StopLive>(env, "stopLive"));
}

Poster PosterTo(Napi::Env env) {
  return [mailbox = Environment::Of(env).mailbox()](std::function<void(Napi::Env)> run) {
    mailbox->Post(std::make_unique<PostedTask>(std::move(run)));
  };
}

std::shared_ptr<void>& MediaData(Napi::Env env) { return Environment::Of(env).media; }

}  // namespace generic
