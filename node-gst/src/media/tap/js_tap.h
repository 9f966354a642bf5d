// `tap()` of tap.d.ts.
#pragma once
#include <napi.h>

namespace media {

void RegisterTap(Napi::Env env, Napi::Object exports);

}  // namespace media
