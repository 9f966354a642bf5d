#include "media/media.h"

#include "media/js_forwarder.h"
#include "media/js_harness.h"
#include "media/peer_media.h"
#include "media/reception/receive_threads.h"
#include "media/tap/js_tap.h"

namespace media {

void Register(Napi::Env env, Napi::Object exports) {
  RegisterForwarder(env, exports);
  RegisterHarness(env, exports);
  RegisterPeerMedia(env, exports);
  RegisterTap(env, exports);
  exports.Set("stopReceiving", Napi::Function::New(
                                   env, [](const Napi::CallbackInfo&) { ReceiveThreads::Instance().Stop(); }, "stopReceiving"));
}

}  // namespace media
