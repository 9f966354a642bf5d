#include "media/peer_media.h"

#include <gst/gst.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "generic/generic.h"
#include "media/direct/start.h"
#include "media/egress_webrtcbin.h"
#include "media/js_member.h"
#include "media/js_peer.h"
#include "media/peer_core.h"
#include "media/taps.h"

namespace media {
namespace {

// Everything native of one peer; shared by the functions of its JS object and closed by whichever comes first, close()
// or the collector. JS thread.
class Peer {
 public:
  Peer(GstElement* webrtcbin, const PeerOptions& options, bool is_direct)
      : direct_(is_direct ? std::make_shared<DirectEgress>(options.slots, clock_) : nullptr),
        egress_(is_direct ? std::shared_ptr<Egress>(direct_)
                          : std::make_shared<WebrtcbinEgress>(webrtcbin, options.slots)),
        core_(std::make_shared<PeerCore>(options, clock_, egress_, keyframes_, counters_)),
        reception_(is_direct ? std::make_shared<DirectReception>(options, core_, counters_) : nullptr),
        listener_(is_direct ? std::make_shared<RtpListener>(reception_, clock_) : nullptr),
        taps_(webrtcbin, core_, keyframes_, reception_) {}

  ~Peer() { Close(); }

  PeerCore& core() { return *core_; }
  Taps& taps() { return taps_; }

  // Throws std::runtime_error where the transport is not as the egress needs it.
  void Attach(std::vector<Repair> repairs) {
    if (direct_) StartDirect(*direct_, taps_.Found(), std::move(repairs), counters_, listener_);
    core_->Attach();
  }

  ReceiverFigures Figures() noexcept { return egress_->Figures(); }

  // Nothing where webrtcbin receives.
  std::optional<ReceptionFigures> Reception() {
    return reception_ ? std::optional(reception_->Figures()) : std::nullopt;
  }
  std::vector<SourceFigures> Sources() {
    return reception_ ? reception_->Figures().streams : taps_.ReadSources();
  }

  bool HasPort() noexcept { return listener_ && listener_->has_port(); }
  std::string PortRefusal() { return listener_ ? listener_->refusal() : ""; }

  // -1 while there is no ICE pair. What has a socket of its own is not seen on that of the pair.
  int64_t IdleMs() {
    const int64_t idle_ms = taps_.IdleMs();
    const int64_t media_ns = reception_ ? reception_->last_ns() : DirectReception::kNever;
    if (idle_ms < 0 || media_ns == DirectReception::kNever) return idle_ms;
    return std::min(idle_ms, std::max<int64_t>(clock_->Now() - media_ns, 0) / 1'000'000);
  }

  Repairs ReadRepairs() {
    Repairs repairs = taps_.ReadRepairs();
    // What leaves past webrtcbin is not repaired by it.
    if (direct_) {
      const ReceiverFigures figures = Figures();
      repairs.nacks_in = figures.asked_again;
      repairs.retransmissions_out = figures.resent;
    }
    if (const auto figures = Reception()) {
      repairs.nacks_out = figures->asked_again;
      repairs.retransmissions_in = figures->repaired;
    }
    return repairs;
  }

  void CloseTransport() noexcept {
    if (direct_) direct_->SendBye();
    taps_.CloseTransport();
  }

  // Out of every route first, so that nobody pushes to pads that go away.
  void Close() noexcept {
    core_->Close();
    taps_.Close();
    if (listener_) listener_->Close();
    if (reception_) reception_->Close();
    egress_->Close();
  }

 private:
  const std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
  const std::shared_ptr<SystemClock> clock_ = std::make_shared<SystemClock>();
  const std::shared_ptr<SessionKeyframeSink> keyframes_ = std::make_shared<SessionKeyframeSink>();
  // Null where webrtcbin sends.
  const std::shared_ptr<DirectEgress> direct_;
  const std::shared_ptr<Egress> egress_;
  const std::shared_ptr<PeerCore> core_;
  // Null where webrtcbin receives.
  const std::shared_ptr<DirectReception> reception_;
  const std::shared_ptr<RtpListener> listener_;
  Taps taps_;
};

template <typename F>
void AddMethod(Napi::Object object, const char* name, F method) {
  object.Set(name, Napi::Function::New(object.Env(), method, name));
}

bool IsDirect(const Member& from) {
  if (from.IsUndefined()) return false;
  const std::string text = from.Text();
  if (text != "direct" && text != "webrtcbin") from.Fail("'direct' or 'webrtcbin'");
  return text == "direct";
}

Repair ReadRepair(const Member& from) {
  return {ReadU32Value(from.Get("mline")), ReadU32Value(from.Get("ssrc")), ReadPayloadType(from.Get("payloadType"))};
}

void Attach(Peer& peer, const Member& from) {
  std::vector<Repair> repairs;
  if (!from.IsUndefined()) repairs = from.List(ReadRepair);
  try {
    peer.Attach(std::move(repairs));
  } catch (const std::exception& error) {
    throw Napi::Error::New(from.value.Env(), error.what());
  }
}

Napi::Value PeerMedia(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  GObject* webrtcbin = generic::Unwrap(info[0], GST_TYPE_BIN);
  const auto peer = std::make_shared<Peer>(GST_ELEMENT(webrtcbin), ParseOptions(info[1]), IsDirect({info[2], "egress"}));

  Napi::Object object = Napi::Object::New(env);
  object.Set("tracks", TracksToJs(env, peer->core()));
  object.Set("slots", SlotsToJs(env, peer->core()));
  AddMethod(object, "attach", [peer](const Napi::CallbackInfo& call) { Attach(*peer, {call[0], "repairs"}); });
  AddMethod(object, "directObstacle", [peer](const Napi::CallbackInfo& call) -> Napi::Value {
    return Napi::String::New(call.Env(), ObstacleTo(peer->taps().Found()));
  });
  AddMethod(object, "detach", [peer](const Napi::CallbackInfo&) { peer->core().Detach(); });
  AddMethod(object, "closeTransport", [peer](const Napi::CallbackInfo&) { peer->CloseTransport(); });
  AddMethod(object, "closeNotifySent", [peer](const Napi::CallbackInfo& call) -> Napi::Value {
    return Napi::Boolean::New(call.Env(), peer->taps().CloseNotifySent());
  });
  AddMethod(object, "setDscp", [peer](const Napi::CallbackInfo& call) {
    peer->taps().SetDscp(call[0].As<Napi::Number>().Int32Value());
  });
  AddMethod(object, "close", [peer](const Napi::CallbackInfo&) { peer->Close(); });
  AddMethod(object, "idleMs", [peer](const Napi::CallbackInfo& call) -> Napi::Value {
    return Napi::Number::New(call.Env(), static_cast<double>(peer->IdleMs()));
  });
  AddMethod(object, "stats", [peer](const Napi::CallbackInfo& call) -> Napi::Value {
    return StatsToJs(call.Env(), peer->core(), peer->ReadRepairs(), peer->taps().Hooks());
  });
  AddMethod(object, "receiver", [peer](const Napi::CallbackInfo& call) -> Napi::Value {
    return FiguresToJs(call.Env(), peer->Figures());
  });
  AddMethod(object, "sources", [peer](const Napi::CallbackInfo& call) -> Napi::Value {
    return SourcesToJs(call.Env(), peer->Sources());
  });
  AddMethod(object, "reception", [peer](const Napi::CallbackInfo& call) -> Napi::Value {
    const auto figures = peer->Reception();
    return figures ? ReceptionToJs(call.Env(), *figures, peer->HasPort(), peer->PortRefusal()) : call.Env().Null();
  });
  return object;
}

}  // namespace

void RegisterPeerMedia(Napi::Env env, Napi::Object exports) {
  exports.Set("peerMedia", Napi::Function::New(env, PeerMedia, "peerMedia"));
}

}  // namespace media
