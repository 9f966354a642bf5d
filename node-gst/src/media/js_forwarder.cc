#include "media/js_forwarder.h"

#include "media/forwarder.h"
#include "media/js_handle.h"
#include "media/js_peer.h"
#include "media/slot.h"
#include "media/track.h"

namespace media {
namespace {

constexpr napi_type_tag kForwarderTag = {0x6d65646961466f72, 0xa2741d9c3f504be8};

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

void Close(const Napi::CallbackInfo& info) { Self(info)->Close(); }

Napi::Value MakeForwarder(const Napi::CallbackInfo& info) {
  Napi::Object object = MakeHandle(info.Env(), std::make_shared<Forwarder>(), kForwarderTag);
  AddMethod(object, "route", Route);
  AddMethod(object, "close", Close);
  return object;
}

}  // namespace

void RegisterForwarder(Napi::Env env, Napi::Object exports) {
  exports["forwarder"] = Napi::Function::New(env, MakeForwarder, "forwarder");
}

}  // namespace media
