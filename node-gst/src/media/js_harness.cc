#include "media/js_harness.h"

#include "media/harness.h"
#include "media/js_handle.h"
#include "media/js_peer.h"

namespace media {
namespace {

constexpr napi_type_tag kHarnessTag = {0x6d65646961486172, 0xc61f48e90d2b473a};
constexpr size_t kRtpHeader = 12;

std::shared_ptr<Harness> Self(const Napi::CallbackInfo& info) {
  return FromHandle<Harness>(info.This(), kHarnessTag, "MediaHarness");
}

// Borrowed: valid during the call.
Bytes BytesFromJs(const Napi::Value& value) {
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array) {
    const auto array = value.As<Napi::Uint8Array>();
    return {array.Data(), array.ByteLength()};
  }
  throw Napi::TypeError::New(value.Env(), "expected a Uint8Array");
}

int64_t TimeFromJs(const Napi::Value& value) {
  bool exact = false;
  if (value.IsBigInt()) {
    const int64_t time = value.As<Napi::BigInt>().Int64Value(&exact);
    if (exact) return time;
  }
  throw Napi::TypeError::New(value.Env(), "expected a time in ns as bigint");
}

uint32_t CountFromJs(const Napi::Value& value) {
  if (!value.IsNumber()) throw Napi::TypeError::New(value.Env(), "expected a number");
  return value.As<Napi::Number>().Uint32Value();
}

void ReceiveRtp(const Napi::CallbackInfo& info) { Self(info)->ReceiveRtp(BytesFromJs(info[0]), TimeFromJs(info[1])); }

void ReceiveRtcp(const Napi::CallbackInfo& info) {
  Self(info)->ReceiveRtcp(BytesFromJs(info[0]), TimeFromJs(info[1]));
}

void LoseRtp(const Napi::CallbackInfo& info) {
  const auto sequence = static_cast<uint16_t>(CountFromJs(info[1]));
  Self(info)->core().ingest().OnLost(CountFromJs(info[0]), sequence, TimeFromJs(info[2]));
}

void StartFlood(const Napi::CallbackInfo& info) {
  const auto self = Self(info);
  const Bytes packet = BytesFromJs(info[0]);
  if (packet.size() < kRtpHeader) throw Napi::TypeError::New(info.Env(), "expected an RTP packet");
  Flood flood;
  flood.packet.assign(packet.begin(), packet.end());
  flood.count = CountFromJs(info[1]);
  flood.timestamp_step = CountFromJs(info[2]);
  flood.now_ns = TimeFromJs(info[3]);
  flood.interval_ns = TimeFromJs(info[4]);
  self->StartFlood(std::move(flood));
}

void JoinFloods(const Napi::CallbackInfo& info) { Self(info)->JoinFloods(); }

Napi::Value TakeSent(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto sent = Self(info)->egress().Take();
  Napi::Array array = Napi::Array::New(env, sent.size());
  for (uint32_t i = 0; i < sent.size(); ++i) {
    Napi::Object object = Napi::Object::New(env);
    object["mline"] = sent[i].mline;
    object["packet"] = Napi::Buffer<uint8_t>::Copy(env, sent[i].bytes.data(), sent[i].bytes.size());
    object["captureNs"] = Napi::BigInt::New(env, sent[i].capture_ns);
    array[i] = object;
  }
  return array;
}

Napi::Value TakeKeyframeRequests(const Napi::CallbackInfo& info) {
  const auto requests = Self(info)->keyframes().Take();
  Napi::Array array = Napi::Array::New(info.Env(), requests.size());
  for (uint32_t i = 0; i < requests.size(); ++i) array[i] = requests[i];
  return array;
}

void Attach(const Napi::CallbackInfo& info) { Self(info)->core().Attach(); }
// There is no transport to close.
void CloseTransport(const Napi::CallbackInfo&) {}
Napi::Value CloseNotifySent(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), true); }

void Detach(const Napi::CallbackInfo& info) { Self(info)->core().Detach(); }
void Close(const Napi::CallbackInfo& info) { Self(info)->core().Close(); }

// There is no socket to be idle.
Napi::Value IdleMs(const Napi::CallbackInfo& info) {
  Self(info);
  return Napi::Number::New(info.Env(), -1);
}

Napi::Value Receiver(const Napi::CallbackInfo& info) { return info.Env().Null(); }
Napi::Value Stats(const Napi::CallbackInfo& info) { return StatsToJs(info.Env(), Self(info)->core(), {}, {}); }

Napi::Value RanOn(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), Self(info)->ran_on()); }

// There is no webrtcbin at all.
Napi::Value DirectObstacle(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), "webrtcbin"); }

Napi::Value MakeHarness(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto harness = std::make_shared<Harness>(ParseOptions(info[0]));
  Napi::Object object = MakeHandle(env, harness, kHarnessTag);
  AddValue(object, "tracks", TracksToJs(env, harness->core()));
  AddValue(object, "slots", SlotsToJs(env, harness->core()));
  AddMethod(object, "attach", Attach);
  AddMethod(object, "directObstacle", DirectObstacle);
  AddMethod(object, "closeTransport", CloseTransport);
  AddMethod(object, "closeNotifySent", CloseNotifySent);
  AddMethod(object, "detach", Detach);
  AddMethod(object, "idleMs", IdleMs);
  AddMethod(object, "stats", Stats);
  AddMethod(object, "receiver", Receiver);
  AddMethod(object, "close", Close);
  AddMethod(object, "receiveRtp", ReceiveRtp);
  AddMethod(object, "receiveRtcp", ReceiveRtcp);
  AddMethod(object, "loseRtp", LoseRtp);
  AddMethod(object, "startFlood", StartFlood);
  AddMethod(object, "joinFloods", JoinFloods);
  AddMethod(object, "takeSent", TakeSent);
  AddMethod(object, "takeKeyframeRequests", TakeKeyframeRequests);
  object.DefineProperty(Napi::PropertyDescriptor::Accessor<RanOn>("ranOn", napi_enumerable));
  return object;
}

}  // namespace

void RegisterHarness(Napi::Env env, Napi::Object exports) {
  exports["mediaHarness"] = Napi::Function::New(env, MakeHarness, "mediaHarness");
}

}  // namespace media
