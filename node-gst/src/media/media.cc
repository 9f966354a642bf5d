#include "media/media.h"

#include "media/js_forwarder.h"
#include "media/js_harness.h"

namespace media {

// From peer_media.cc; weak, so that the core builds without it.
__attribute__((weak)) void RegisterPeerMedia(Napi::Env env, Napi::Object exports);

void Register(Napi::Env env, Napi::Object exports) {
  RegisterForwarder(env, exports);
  RegisterHarness(env, exports);
  if (RegisterPeerMedia != nullptr) RegisterPeerMedia(env, exports);
}

}  // namespace media
