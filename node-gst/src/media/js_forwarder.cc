#include "media/js_forwarder.h"

#include <algorithm>

#include "media/forwarder.h"
#include "media/js_handle.h"
#include "media/js_peer.h"
#include "media/slot.h"
#include "media/track.h"

namespace media {
namespace {

constexpr napi_type_tag kForwarderTag = {0x6d65646961466f72, 0xa2741d9c3f504be8};

// Of RFC 6464, -dBov.
constexpr double kSilence = 127;
// Packets, bytes, voiced, and how many levels follow.
constexpr size_t kRecordHead = 4;
constexpr size_t kRecordSize = kRecordHead + LevelSummary::kLevels;

std::shared_ptr<Forwarder> Self(const Napi::CallbackInfo& info) {
  return FromHandle<Forwarder>(info.This(), kForwarderTag, "Forwarder");
}

void Route(const Napi::CallbackInfo& info) {
  const auto self = Self(info);
  const auto slot = SlotFromJs(info[0]);
  if (info[1].IsNull()) {
    self->Route(slot, nullptr);
    return;
  }
  const auto track = TrackFromJs(info[1]);
  if (track->options().kind != slot->options().kind || track->options().codec != slot->options().codec) {
    throw Napi::TypeError::New(info.Env(), "slot and track must be of one kind and codec");
  }
  self->Route(slot, track);
}

void SetGate(const Napi::CallbackInfo& info) {
  const auto self = Self(info);
  const auto track = TrackFromJs(info[0]);
  if (track->options().kind != Kind::kAudio) throw Napi::TypeError::New(info.Env(), "expected an audio track");
  if (info[1].IsNull()) {
    self->Gate(track, std::nullopt);
    return;
  }
  const double level = info[1].IsNumber() ? info[1].As<Napi::Number>().DoubleValue() : -1;
  if (!(level >= 0 && level <= kSilence)) throw Napi::TypeError::New(info.Env(), "expected null or a level from 0 to 127");
  self->Gate(track, static_cast<uint8_t>(level));
}

int32_t Saturated(uint64_t count) { return static_cast<int32_t>(std::min<uint64_t>(count, INT32_MAX)); }

// One record of `takeLevels` in media.d.ts; false where nothing arrived.
bool WriteLevels(Track& track, int32_t* record) {
  const auto levels = track.TakeLevels();
  record[0] = levels ? Saturated(levels->packets) : 0;
  if (!levels) return false;
  record[1] = Saturated(levels->bytes);
  record[2] = Saturated(levels->voiced);
  record[3] = static_cast<int32_t>(levels->kept());
  for (size_t i = 0; i < levels->kept(); ++i) record[kRecordHead + i] = levels->level(i);
  return true;
}

// Borrowed: valid until JavaScript runs.
int32_t* RecordsFromJs(const Napi::Value& value, size_t count) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array) {
    throw Napi::TypeError::New(value.Env(), "expected an Int32Array");
  }
  auto array = value.As<Napi::Int32Array>();
  if (array.ElementLength() / kRecordSize < count) throw Napi::TypeError::New(value.Env(), "the Int32Array is too small");
  return array.Data();
}

Napi::Value TakeLevels(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsArray()) throw Napi::TypeError::New(env, "expected an array of tracks");
  const auto array = info[0].As<Napi::Array>();
  // All of them before anything is taken, so that nothing is lost to an argument that does not fit.
  std::vector<std::shared_ptr<Track>> tracks;
  tracks.reserve(array.Length());
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::HandleScope scope(env);
    tracks.push_back(TrackFromJs(array.Get(i)));
  }
  // Looked at last: an element that is a getter could detach it.
  int32_t* record = RecordsFromJs(info[1], tracks.size());
  uint32_t sent = 0;
  for (const auto& track : tracks) {
    if (WriteLevels(*track, record)) sent += 1;
    record += kRecordSize;
  }
  return Napi::Number::New(env, sent);
}

void Close(const Napi::CallbackInfo& info) { Self(info)->Close(); }

Napi::Value MakeForwarder(const Napi::CallbackInfo& info) {
  Napi::Object object = MakeHandle(info.Env(), std::make_shared<Forwarder>(), kForwarderTag);
  AddMethod(object, "route", Route);
  AddMethod(object, "gate", SetGate);
  AddMethod(object, "close", Close);
  return object;
}

}  // namespace

void RegisterForwarder(Napi::Env env, Napi::Object exports) {
  exports["forwarder"] = Napi::Function::New(env, MakeForwarder, "forwarder");
  exports["takeLevels"] = Napi::Function::New(env, TakeLevels, "takeLevels");
  exports["LEVELS_SIZE"] = static_cast<double>(kRecordSize);
}

}  // namespace media
