#include "media/media.h"

namespace media {

void Register(Napi::Env, Napi::Object) {}

}  // namespace media
