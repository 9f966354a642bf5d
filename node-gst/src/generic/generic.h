// The generic half: any GObject from JavaScript.
#pragma once
#include <glib-object.h>
#include <napi.h>

#include <functional>
#include <memory>

namespace generic {

// Adds the generic half's exports. JS thread of `env`.
void Register(Napi::Env env, Napi::Object exports);

// The GObject behind a wrapper; throws a JS TypeError where `value` is no live wrapper of something of type `expected`.
// Borrowed: valid while the wrapper is not disposed; take a reference to keep it. JS thread.
GObject* Unwrap(const Napi::Value& value, GType expected);

// A new wrapper of `object`, taking a reference of its own. JS thread.
Napi::Object Wrap(Napi::Env env, GObject* object);

// A way for native threads to the JS thread of `env`: what is posted runs there, in order with everything else JavaScript
// is told; where the environment has gone it is destroyed unrun. The poster may be called on any thread, which never
// waits; what is posted may be destroyed on the thread that posted it.
using Poster = std::function<void(std::function<void(Napi::Env)>)>;
Poster PosterTo(Napi::Env env);

// The media half's own data of this environment, for the instance data of an addon are one; empty at first. Destroyed
// when the environment ends, after all its pipelines went to NULL. JS thread.
std::shared_ptr<void>& MediaData(Napi::Env env);

}  // namespace generic
