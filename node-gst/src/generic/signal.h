// Signals: natively a closure that copies the values and returns at once, in JavaScript a callback later.
#pragma once
#include "generic/object.h"

namespace generic {

Napi::Value On(Wrapper& self, const Args& args);
Napi::Value Off(Wrapper& self, const Args& args);

}  // namespace generic
