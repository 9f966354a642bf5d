// Work on the libuv thread pool, and the guard around everything the event loop calls.
#pragma once
#include <napi.h>

#include <exception>
#include <functional>

#include "generic/env.h"

namespace generic {

// Runs `body`, which may call JS; what is thrown becomes an uncaught exception. Node itself would only print a
// deprecation warning for it. JS thread.
template <typename Body>
void Guard(Napi::Env env, Body body) {
  try {
    body();
  } catch (const Napi::Error& error) {
    napi_fatal_exception(env, error.Value());
  } catch (const std::exception& error) {
    napi_fatal_exception(env, Napi::Error::New(env, error.what()).Value());
  }
}

// `execute` runs on the pool and touches no JS; `done` runs on the JS thread afterwards, possibly when JS can no longer
// be called. Keeps Node alive meanwhile. JS thread.
void RunOnPool(Environment& environment, std::function<void()> execute, std::function<void(Environment&)> done);

}  // namespace generic
