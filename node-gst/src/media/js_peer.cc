#include "media/js_peer.h"

#include "media/js_handle.h"
#include "media/peer_core.h"
#include "media/slot.h"
#include "media/track.h"

namespace media {
namespace {

constexpr napi_type_tag kTrackTag = {0x6d65646961547261, 0x9b1c2e5f04a74d31};
constexpr napi_type_tag kSlotTag = {0x6d65646961536c6f, 0x5e83a07d61bb4c92};

Napi::Value RequestKeyframe(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), TrackFromJs(info.This())->RequestKeyframe());
}

Napi::Object TrackToJs(Napi::Env env, const std::shared_ptr<Track>& track) {
  Napi::Object object = MakeHandle(env, track, kTrackTag);
  AddValue(object, "mline", Napi::Number::New(env, track->options().mline));
  AddMethod(object, "requestKeyframe", RequestKeyframe);
  return object;
}

void Put(Napi::Object& object, const char* name, const Counter& counter) {
  object[name] = static_cast<double>(counter.Get());
}

Napi::Object DropsToJs(Napi::Env env, const DropCounters& dropped) {
  Napi::Object object = Napi::Object::New(env);
  Put(object, "malformed", dropped.malformed);
  Put(object, "unknownSsrc", dropped.unknown_ssrc);
  Put(object, "payloadType", dropped.payload_type);
  Put(object, "ssrcLimit", dropped.ssrc_limit);
  Put(object, "secondSource", dropped.second_source);
  Put(object, "gated", dropped.gated);
  Put(object, "duplicate", dropped.duplicate);
  Put(object, "late", dropped.late);
  Put(object, "awaitingKeyframe", dropped.awaiting_keyframe);
  Put(object, "stale", dropped.stale);
  Put(object, "detached", dropped.detached);
  Put(object, "egress", dropped.egress);
  return object;
}

}  // namespace

Napi::Object SlotToJs(Napi::Env env, const std::shared_ptr<Slot>& slot) {
  Napi::Object object = MakeHandle(env, slot, kSlotTag);
  AddValue(object, "mline", Napi::Number::New(env, slot->options().mline));
  return object;
}

Napi::Array TracksToJs(Napi::Env env, const PeerCore& core) {
  Napi::Array array = Napi::Array::New(env, core.tracks().size());
  for (uint32_t i = 0; i < core.tracks().size(); ++i) array[i] = TrackToJs(env, core.tracks()[i]);
  return array;
}

Napi::Array SlotsToJs(Napi::Env env, const PeerCore& core) {
  Napi::Array array = Napi::Array::New(env, core.slots().size());
  for (uint32_t i = 0; i < core.slots().size(); ++i) array[i] = SlotToJs(env, core.slots()[i]);
  return array;
}

Napi::Object StatsToJs(Napi::Env env, const PeerCore& core, const std::vector<std::string>& hooks) {
  const Counters& counters = core.counters();
  Napi::Object object = Napi::Object::New(env);
  Put(object, "packetsIn", counters.packets_in);
  Put(object, "bytesIn", counters.bytes_in);
  Put(object, "packetsOut", counters.packets_out);
  Put(object, "bytesOut", counters.bytes_out);
  Put(object, "keyframeRequestsIn", counters.keyframe_requests_in);
  Put(object, "keyframeRequestsOut", counters.keyframe_requests_out);
  Napi::Array names = Napi::Array::New(env, hooks.size());
  for (uint32_t i = 0; i < hooks.size(); ++i) names[i] = hooks[i];
  object["hooks"] = names;
  object["dropped"] = DropsToJs(env, counters.dropped);
  return object;
}

std::shared_ptr<Track> TrackFromJs(const Napi::Value& value) { return FromHandle<Track>(value, kTrackTag, "Track"); }
std::shared_ptr<Slot> SlotFromJs(const Napi::Value& value) { return FromHandle<Slot>(value, kSlotTag, "Slot"); }

}  // namespace media
