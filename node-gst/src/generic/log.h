// GStreamer's own log, for JavaScript.
#pragma once
#include <napi.h>

namespace generic {

// Adds `onLog` to the exports. JS thread of `env`.
void RegisterLog(Napi::Env env, Napi::Object exports);

}  // namespace generic
