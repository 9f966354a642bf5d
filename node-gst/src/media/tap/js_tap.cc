#include "media/tap/js_tap.h"

#include <chrono>
#include <memory>
#include <system_error>

#include "media/js_handle.h"
#include "media/js_member.h"
#include "media/js_peer.h"
#include "media/slot.h"
#include "media/tap/tap.h"
#include "media/taps.h"

namespace media {
namespace {

constexpr napi_type_tag kTapTag = {0x6d65646961546170, 0x41f0c6d8397e2ba5};
constexpr uint32_t kLeastBytes = 1 << 16;
constexpr uint32_t kMostBytes = 1 << 28;

std::shared_ptr<Tap> Self(const Napi::CallbackInfo& info) { return FromHandle<Tap>(info.This(), kTapTag, "Tap"); }

int64_t UnixNow() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

Napi::Value Number(Napi::Env env, uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); }

void Spawned(const Napi::CallbackInfo& info) { Self(info)->Spawned(); }
void Close(const Napi::CallbackInfo& info) { Self(info)->Close(); }

Napi::Value ChildFd(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), Self(info)->reader_fd()); }

Napi::Value TakeChildFd(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), Self(info)->TakeReaderFd());
}

Napi::Value NowUnixNs(const Napi::CallbackInfo& info) {
  return Napi::BigInt::New(info.Env(), SystemClock().Now() + Self(info)->unix_offset_ns());
}

Napi::Value AddSlot(const Napi::CallbackInfo& info) {
  const Member from{info[0], "options"};
  TapSlotOptions options;
  options.ssrc = ReadU32Value(from.Get("ssrc"));
  options.kind = ReadKind(from.Get("kind"));
  options.codec = ReadCodec(from.Get("codec"), options.kind);
  options.payload_type = ReadPayloadType(from.Get("payloadType"));
  options.clock_rate = ReadClockRate(from.Get("clockRate"));
  return SlotToJs(info.Env(), Self(info)->AddSlot(options));
}

void RemoveSlot(const Napi::CallbackInfo& info) { Self(info)->RemoveSlot(SlotFromJs(info[0])); }

Napi::Value Stats(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  TapStream& stream = Self(info)->stream();
  const TapCounters& counters = stream.counters();
  Napi::Object object = Napi::Object::New(env);
  object["packets"] = Number(env, counters.packets.Get());
  object["bytes"] = Number(env, counters.bytes.Get());
  object["overflowPackets"] = Number(env, counters.overflow_packets.Get());
  object["overflowBytes"] = Number(env, counters.overflow_bytes.Get());
  object["buffered"] = Number(env, stream.buffered());
  object["written"] = Number(env, counters.written.Get());
  object["broken"] = Napi::Boolean::New(env, stream.broken());
  return object;
}

std::shared_ptr<Tap> Open(Napi::Env env, uint32_t max_bytes, int64_t unix_offset_ns) {
  try {
    return std::make_shared<Tap>(max_bytes, unix_offset_ns);
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, std::string("tap: ") + error.what());
  }
}

Napi::Value MakeTap(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Member options{info[0], "options"};
  const uint32_t max_bytes = options.Get("maxBytes").Integer(kLeastBytes, kMostBytes);
  const Member offset = options.Get("unixOffsetNs");
  const int64_t unix_offset_ns = offset.IsUndefined() ? UnixNow() - SystemClock().Now() : offset.BigInteger();

  Napi::Object object = MakeHandle(env, Open(env, max_bytes, unix_offset_ns), kTapTag);
  object.DefineProperty(Napi::PropertyDescriptor::Accessor<ChildFd>("childFd", napi_enumerable));
  AddValue(object, "unixOffsetNs", Napi::BigInt::New(env, unix_offset_ns));
  AddMethod(object, "nowUnixNs", NowUnixNs);
  AddMethod(object, "takeChildFd", TakeChildFd);
  AddMethod(object, "spawned", Spawned);
  AddMethod(object, "slot", AddSlot);
  AddMethod(object, "removeSlot", RemoveSlot);
  AddMethod(object, "stats", Stats);
  AddMethod(object, "close", Close);
  return object;
}

}  // namespace

void RegisterTap(Napi::Env env, Napi::Object exports) { exports["tap"] = Napi::Function::New(env, MakeTap, "tap"); }

}  // namespace media
