#include "tap_reader/js_reader.h"

#include <memory>
#include <utility>
#include <vector>

#include "generic/generic.h"
#include "media/js_handle.h"
#include "media/js_member.h"
#include "tap_reader/appsrc_sink.h"
#include "tap_reader/reader.h"

namespace tap_reader {
namespace {

using media::Member;

constexpr napi_type_tag kReaderTag = {0x7461705265616465, 0xd3904e6b1f7c82a5};
constexpr double kMaxMs = 60'000;
constexpr int64_t kNsPerMs = 1'000'000;

// JS thread; the reader's thread only has weak pointers to it. No event is delivered once `callback` is empty.
struct Owner {
  Napi::FunctionReference callback;
  std::unique_ptr<Reader> reader;

  void Close() {
    reader->Close();
    callback.Reset();
  }
};

// The readers of an environment that may have a thread, for the end of the process.
using Owners = std::vector<std::weak_ptr<Owner>>;

Owners& OwnersOf(Napi::Env env) {
  std::shared_ptr<void>& data = generic::MediaData(env);
  if (!data) data = std::make_shared<Owners>();
  return *static_cast<Owners*>(data.get());
}

std::shared_ptr<Owner> Self(const Napi::CallbackInfo& info) {
  return media::FromHandle<Owner>(info.This(), kReaderTag, "TapReader");
}

Napi::Value Number(Napi::Env env, uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); }

Napi::Value TimeOrNull(Napi::Env env, const std::optional<int64_t>& time) {
  if (!time) return env.Null();
  return Napi::BigInt::New(env, *time);
}

Napi::Object StatsToJs(Napi::Env env, const FeedStats& stats) {
  Napi::Object object = Napi::Object::New(env);
  object["packets"] = Number(env, stats.packets);
  object["bytes"] = Number(env, stats.bytes);
  object["lost"] = Number(env, stats.lost);
  object["late"] = Number(env, stats.late);
  object["duplicates"] = Number(env, stats.duplicates);
  object["early"] = Number(env, stats.early);
  object["overlapped"] = Number(env, stats.overlapped);
  object["awaitingKeyframe"] = Number(env, stats.awaiting_keyframe);
  object["refused"] = Number(env, stats.refused);
  object["filled"] = Number(env, stats.filled);
  object["filledNs"] = Napi::BigInt::New(env, stats.filled_ns);
  object["firstUnixNs"] = TimeOrNull(env, stats.first_unix_ns);
  object["lastUnixNs"] = TimeOrNull(env, stats.last_unix_ns);
  object["endPtsNs"] = Napi::BigInt::New(env, stats.end_pts_ns);
  return object;
}

const char* NameOf(Event::Type type) {
  switch (type) {
    case Event::Type::kBegan:
      return "began";
    case Event::Type::kReleased:
      return "released";
    case Event::Type::kKeyframe:
      return "keyframe";
    case Event::Type::kRefused:
      return "refused";
    case Event::Type::kStill:
      return "still";
    case Event::Type::kUnknown:
      return "unknown";
    case Event::Type::kEnd:
      return "end";
  }
  return "";
}

Napi::Object EventToJs(Napi::Env env, const Event& event) {
  Napi::Object object = Napi::Object::New(env);
  object["type"] = NameOf(event.type);
  if (event.type == Event::Type::kEnd) return object;
  object["ssrc"] = event.ssrc;
  if (event.type == Event::Type::kReleased) object["stats"] = StatsToJs(env, event.stats);
  if (event.type == Event::Type::kBegan) {
    object["unixNs"] = Napi::BigInt::New(env, event.unix_ns);
    object["ptsNs"] = Napi::BigInt::New(env, event.pts_ns);
  }
  return object;
}

std::shared_ptr<Sink> SinkFromJs(const Napi::Value& value) {
  auto* const appsrc = GST_APP_SRC(generic::Unwrap(value, GST_TYPE_APP_SRC));
  GstFormat format = GST_FORMAT_UNDEFINED;
  g_object_get(appsrc, "format", &format, nullptr);
  // It has told its segment then, and every element behind it would fail.
  if (format != GST_FORMAT_TIME && GST_STATE(appsrc) > GST_STATE_READY) {
    throw Napi::TypeError::New(value.Env(), "the appsrc was started without format=time");
  }
  return std::make_shared<AppSrcSink>(GObjectRef<GstAppSrc>::Share(appsrc));
}

std::optional<int64_t> ReadOrigin(const Member& from) {
  if (from.value.IsBigInt()) return from.BigInteger();
  if (!from.value.IsString() || from.Text() != "first") from.Fail("a bigint or 'first'");
  return std::nullopt;
}

SwitchAt ReadSwitchAt(const Member& from) {
  const std::string text = from.Text();
  if (text == "keyframe") return SwitchAt::kKeyframe;
  if (text == "now") return SwitchAt::kNow;
  from.Fail("'keyframe' or 'now'");
}

StreamOptions ReadStream(const Napi::Value& ssrc, const Member& from) {
  StreamOptions options;
  options.ssrc = media::ReadU32Value({ssrc, "ssrc"});
  options.kind = media::ReadKind(from.Get("kind"));
  options.codec = media::ReadCodec(from.Get("codec"), options.kind);
  options.payload_type = media::ReadPayloadType(from.Get("payloadType"));
  options.clock_rate = media::ReadClockRate(from.Get("clockRate"));
  const Member fill = from.Get("fill");
  const std::string text = fill.Text();
  options.silence = text == "silence";
  if (text != "none" && !options.silence) fill.Fail("'none' or 'silence'");
  if (options.silence && options.codec != media::Codec::kOpus) fill.Fail("'none' for video");
  return options;
}

void Start(const Napi::CallbackInfo& info) { Self(info)->reader->Start(); }
void Close(const Napi::CallbackInfo& info) { Self(info)->Close(); }

void Track(const Napi::CallbackInfo& info) {
  const auto self = Self(info);
  const Member from{info[2], "options"};
  const StreamOptions options = ReadStream(info[0], from);
  const auto origin = ReadOrigin(from.Get("origin"));
  if (self->reader->Track(options, SinkFromJs(info[1]), origin)) return;
  throw Napi::TypeError::New(info.Env(), "SSRC " + std::to_string(options.ssrc) + " is tracked already");
}

Napi::Value SwitchTo(const Napi::CallbackInfo& info) {
  const auto self = Self(info);
  const uint32_t ssrc = media::ReadU32Value({info[0], "ssrc"});
  const SwitchAt at = ReadSwitchAt({info[2], "at"});
  const auto origin = ReadOrigin({info[3], "origin"});
  return Napi::Boolean::New(info.Env(), self->reader->SwitchTo(ssrc, SinkFromJs(info[1]), at, origin));
}

Napi::Value Untrack(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), Self(info)->reader->Untrack(media::ReadU32Value({info[0], "ssrc"})));
}

Napi::Value Stats(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ReaderStats stats = Self(info)->reader->Stats();
  Napi::Array entries = Napi::Array::New(env, stats.streams.size());
  for (uint32_t i = 0; i < stats.streams.size(); ++i) {
    Napi::Array entry = Napi::Array::New(env, 2);
    entry[0u] = stats.streams[i].first;
    entry[1u] = StatsToJs(env, stats.streams[i].second);
    entries[i] = entry;
  }
  Napi::Object object = Napi::Object::New(env);
  object["frames"] = Number(env, stats.frames);
  object["bytes"] = Number(env, stats.bytes);
  object["malformed"] = Number(env, stats.malformed);
  object["unknown"] = Number(env, stats.unknown);
  object["blocked"] = Napi::Boolean::New(env, stats.blocked);
  object["newestUnixNs"] = TimeOrNull(env, stats.newest_unix_ns);
  object["tracks"] = env.Global().Get("Map").As<Napi::Function>().New({entries});
  return object;
}

int64_t ReadMs(const Member& from, int64_t otherwise_ns) {
  return from.IsUndefined() ? otherwise_ns : from.Integer(0, kMaxMs) * kNsPerMs;
}

ReaderOptions ReadOptions(const Member& from) {
  ReaderOptions options;
  options.patience_ns = ReadMs(from.Get("patienceMs"), options.patience_ns);
  options.fill_lag_ns = ReadMs(from.Get("fillLagMs"), options.fill_lag_ns);
  return options;
}

Listener MakeListener(Napi::Env env, const std::weak_ptr<Owner>& owner) {
  return [post = generic::PosterTo(env), owner](Event event) {
    post([owner, event = std::move(event)](Napi::Env env) {
      const auto alive = owner.lock();
      if (!alive || alive->callback.IsEmpty()) return;
      alive->callback.Call({EventToJs(env, event)});
    });
  };
}

Napi::Value MakeReader(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const uint32_t fd = Member{info[0], "fd"}.Integer(0, 1 << 20);
  const ReaderOptions options = ReadOptions({info[1], "options"});
  if (!info[2].IsFunction()) throw Napi::TypeError::New(env, "onEvent must be a function");

  const auto owner = std::make_shared<Owner>();
  try {
    owner->reader = std::make_unique<Reader>(static_cast<int>(fd), options, MakeListener(env, owner));
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, std::string("tapReader: ") + error.what());
  }
  owner->callback = Napi::Persistent(info[2].As<Napi::Function>());
  Owners& owners = OwnersOf(env);
  std::erase_if(owners, [](const auto& each) { return each.expired(); });
  owners.push_back(owner);

  Napi::Object object = media::MakeHandle(env, owner, kReaderTag);
  media::AddMethod(object, "start", Start);
  media::AddMethod(object, "track", Track);
  media::AddMethod(object, "switchTo", SwitchTo);
  media::AddMethod(object, "untrack", Untrack);
  media::AddMethod(object, "stats", Stats);
  media::AddMethod(object, "close", Close);
  return object;
}

// For index.cjs: process.exit() runs nothing else, and the threads must not push while the process comes apart.
void CloseReaders(const Napi::CallbackInfo& info) {
  for (const auto& each : OwnersOf(info.Env())) {
    if (const auto owner = each.lock()) owner->Close();
  }
}

}  // namespace

void Register(Napi::Env env, Napi::Object exports) {
  exports["tapReader"] = Napi::Function::New(env, MakeReader, "tapReader");
  exports["closeTapReaders"] = Napi::Function::New(env, CloseReaders, "closeTapReaders");
}

}  // namespace tap_reader
