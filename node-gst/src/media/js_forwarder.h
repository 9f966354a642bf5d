// `forwarder()` of media.d.ts.
#pragma once
#include <napi.h>

namespace media {

void RegisterForwarder(Napi::Env env, Napi::Object exports);

}  // namespace media
