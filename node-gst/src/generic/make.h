// Making elements and pipelines.
#pragma once
#include <napi.h>

namespace generic {

void RegisterMakers(Napi::Env env, Napi::Object exports);

}  // namespace generic
