#include "generic/generic.h"

namespace generic {

void Register(Napi::Env, Napi::Object) {}

}  // namespace generic
