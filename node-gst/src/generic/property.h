// Properties of GObjects.
#pragma once
#include "generic/object.h"

namespace generic {

Napi::Value Get(Wrapper& self, const Args& args);
Napi::Value Set(Wrapper& self, const Args& args);

}  // namespace generic
