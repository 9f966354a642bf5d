// The media half: RTP from one webrtcbin to others, natively.
#pragma once
#include <napi.h>

namespace media {

// Adds the media half's exports. JS thread of `env`.
void Register(Napi::Env env, Napi::Object exports);

}  // namespace media
