// Bins and links.
#pragma once
#include "generic/object.h"

namespace generic {

Napi::Value Add(Wrapper& self, const Args& args);
Napi::Value Remove(Wrapper& self, const Args& args);
Napi::Value ByName(Wrapper& self, const Args& args);
Napi::Value Link(Wrapper& self, const Args& args);
Napi::Value Unlink(Wrapper& self, const Args& args);
Napi::Value LinkPads(Wrapper& self, const Args& args);
Napi::Value ToDot(Wrapper& self, const Args& args);

}  // namespace generic
