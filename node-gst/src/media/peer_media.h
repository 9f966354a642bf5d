// `peerMedia` of media.d.ts: the core on a real webrtcbin.
#pragma once
#include <napi.h>

namespace media {

// Adds the export. JS thread of `env`.
void RegisterPeerMedia(Napi::Env env, Napi::Object exports);

}  // namespace media
