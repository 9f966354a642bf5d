// `tapReader()` of tap.d.ts.
#pragma once
#include <napi.h>

namespace tap_reader {

void Register(Napi::Env env, Napi::Object exports);

}  // namespace tap_reader
