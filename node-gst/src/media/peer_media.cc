#include "media/peer_media.h"

#include <gst/gst.h>

#include <memory>

#include "generic/generic.h"
#include "media/egress_webrtcbin.h"
#include "media/js_peer.h"
#include "media/peer_core.h"
#include "media/taps.h"

namespace media {
namespace {

// Everything native of one peer; shared by the functions of its JS object and closed by whichever comes first, close()
// or the collector. JS thread.
class Peer {
 public:
  Peer(GstElement* webrtcbin, const PeerOptions& options)
      : egress_(std::make_shared<WebrtcbinEgress>(webrtcbin, options.slots)),
        keyframes_(std::make_shared<SessionKeyframeSink>()),
        core_(std::make_shared<PeerCore>(options, std::make_shared<SystemClock>(), egress_, keyframes_)),
        taps_(webrtcbin, core_, keyframes_) {}

  ~Peer() { Close(); }

  PeerCore& core() { return *core_; }
  Taps& taps() { return taps_; }

  // Out of every route first, so that nobody pushes to pads that go away.
  void Close() noexcept {
    core_->Close();
    taps_.Close();
    egress_->Close();
  }

 private:
  const std::shared_ptr<WebrtcbinEgress> egress_;
  const std::shared_ptr<SessionKeyframeSink> keyframes_;
  const std::shared_ptr<PeerCore> core_;
  Taps taps_;
};

template <typename F>
void AddMethod(Napi::Object object, const char* name, F method) {
  object.Set(name, Napi::Function::New(object.Env(), method, name));
}

Napi::Value PeerMedia(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  GObject* webrtcbin = generic::Unwrap(info[0], GST_TYPE_BIN);
  const auto peer = std::make_shared<Peer>(GST_ELEMENT(webrtcbin), ParseOptions(info[1]));

  Napi::Object object = Napi::Object::New(env);
  object.Set("tracks", TracksToJs(env, peer->core()));
  object.Set("slots", SlotsToJs(env, peer->core()));
  AddMethod(object, "attach", [peer](const Napi::CallbackInfo&) { peer->core().Attach(); });
  AddMethod(object, "detach", [peer](const Napi::CallbackInfo&) { peer->core().Detach(); });
  AddMethod(object, "closeTransport", [peer](const Napi::CallbackInfo&) { peer->taps().CloseTransport(); });
  AddMethod(object, "closeNotifySent", [peer](const Napi::CallbackInfo& call) -> Napi::Value {
    return Napi::Boolean::New(call.Env(), peer->taps().CloseNotifySent());
  });
  AddMethod(object, "close", [peer](const Napi::CallbackInfo&) { peer->Close(); });
  AddMethod(object, "idleMs", [peer](const Napi::CallbackInfo& call) -> Napi::Value {
    return Napi::Number::New(call.Env(), static_cast<double>(peer->taps().IdleMs()));
  });
  AddMethod(object, "stats", [peer](const Napi::CallbackInfo& call) -> Napi::Value {
    return StatsToJs(call.Env(), peer->core(), peer->taps().ReadRepairs(), peer->taps().Hooks());
  });
  return object;
}

}  // namespace

void RegisterPeerMedia(Napi::Env env, Napi::Object exports) {
  exports.Set("peerMedia", Napi::Function::New(env, PeerMedia, "peerMedia"));
}

}  // namespace media
