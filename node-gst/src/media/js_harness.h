// `mediaHarness()` of media.d.ts.
#pragma once
#include <napi.h>

namespace media {

void RegisterHarness(Napi::Env env, Napi::Object exports);

}  // namespace media
