// The addon's entry: one environment (main thread or worker) gets one set of exports.
#include <napi.h>

#include "generic/generic.h"
#include "media/media.h"
#include "tap_reader/js_reader.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  generic::Register(env, exports);
  media::Register(env, exports);
  tap_reader::Register(env, exports);
  return exports;
}

NODE_API_MODULE(node_gst, Init)
