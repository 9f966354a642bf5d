#include "media/js_peer.h"

#include "media/direct/receiver_figures.h"
#include "media/js_handle.h"
#include "media/peer_core.h"
#include "media/reception/reception_figures.h"
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

constexpr double kNsPerMs = 1e6;

// A counter of a T by the name it has in media.d.ts.
template <class T>
struct Named {
  const char* name;
  Counter T::*counter;
};

constexpr Named<Counters> kCounters[] = {
    {"packetsIn", &Counters::packets_in},
    {"bytesIn", &Counters::bytes_in},
    {"packetsOut", &Counters::packets_out},
    {"bytesOut", &Counters::bytes_out},
    {"keyframeRequestsIn", &Counters::keyframe_requests_in},
    {"keyframeRequestsOut", &Counters::keyframe_requests_out},
};

constexpr Named<DropCounters> kDrops[] = {
    {"unauthentic", &DropCounters::unauthentic},
    {"malformed", &DropCounters::malformed},
    {"rate", &DropCounters::rate},
    {"unknownSsrc", &DropCounters::unknown_ssrc},
    {"payloadType", &DropCounters::payload_type},
    {"ssrcLimit", &DropCounters::ssrc_limit},
    {"secondSource", &DropCounters::second_source},
    {"gated", &DropCounters::gated},
    {"duplicate", &DropCounters::duplicate},
    {"late", &DropCounters::late},
    {"awaitingKeyframe", &DropCounters::awaiting_keyframe},
    {"stale", &DropCounters::stale},
    {"detached", &DropCounters::detached},
    {"egress", &DropCounters::egress},
};

template <class T, size_t N>
Napi::Object CountersToJs(Napi::Env env, const T& counters, const Named<T> (&names)[N]) {
  Napi::Object object = Napi::Object::New(env);
  for (const auto& [name, counter] : names) object[name] = static_cast<double>((counters.*counter).Get());
  return object;
}

Napi::Object DurationsToJs(Napi::Env env, const Durations& durations) {
  const auto& counts = durations.counts();
  Napi::Array bounds = Napi::Array::New(env, Durations::kBoundsUs.size());
  for (uint32_t i = 0; i < Durations::kBoundsUs.size(); ++i) bounds[i] = static_cast<double>(Durations::kBoundsUs[i]);
  Napi::Array list = Napi::Array::New(env, counts.size());
  for (uint32_t i = 0; i < counts.size(); ++i) list[i] = static_cast<double>(counts[i].Get());
  Napi::Object object = Napi::Object::New(env);
  object["boundsUs"] = bounds;
  object["counts"] = list;
  object["totalUs"] = static_cast<double>(durations.total_ns()) / 1000;
  return object;
}

Napi::Object RepairsToJs(Napi::Env env, const Repairs& repairs) {
  Napi::Object object = Napi::Object::New(env);
  object["nacksIn"] = static_cast<double>(repairs.nacks_in);
  object["nacksOut"] = static_cast<double>(repairs.nacks_out);
  object["retransmissionsIn"] = static_cast<double>(repairs.retransmissions_in);
  object["retransmissionsOut"] = static_cast<double>(repairs.retransmissions_out);
  return object;
}

// What is not known is null.
template <class T>
Napi::Value FigureToJs(Napi::Env env, T figure, double unit = 1) {
  if (figure < 0) return env.Null();
  return Napi::Number::New(env, static_cast<double>(figure) / unit);
}

Napi::Object StreamFiguresToJs(Napi::Env env, const StreamFigures& stream) {
  Napi::Object object = Napi::Object::New(env);
  object["mline"] = stream.mline;
  object["loss"] = stream.loss;
  object["lost"] = stream.lost;
  object["jitterMs"] = static_cast<double>(stream.jitter_ns) / kNsPerMs;
  return object;
}

Napi::Object SourceToJs(Napi::Env env, const SourceFigures& source) {
  Napi::Object object = Napi::Object::New(env);
  object["ssrc"] = source.ssrc;
  object["clockRate"] = source.clock_rate;
  object["packets"] = static_cast<double>(source.packets);
  object["lost"] = source.lost;
  object["loss"] = FigureToJs(env, source.loss);
  object["jitterMs"] = static_cast<double>(source.jitter_ns) / kNsPerMs;
  return object;
}

template <class T, class ToJs>
Napi::Array ListToJs(Napi::Env env, const std::vector<T>& list, ToJs to_js) {
  Napi::Array array = Napi::Array::New(env, list.size());
  for (uint32_t i = 0; i < list.size(); ++i) array[i] = to_js(env, list[i]);
  return array;
}

}  // namespace

Napi::Object SlotToJs(Napi::Env env, const std::shared_ptr<Slot>& slot) {
  Napi::Object object = MakeHandle(env, slot, kSlotTag);
  AddValue(object, "mline", Napi::Number::New(env, slot->options().mline));
  return object;
}

Napi::Array TracksToJs(Napi::Env env, const PeerCore& core) { return ListToJs(env, core.tracks(), TrackToJs); }
Napi::Array SlotsToJs(Napi::Env env, const PeerCore& core) { return ListToJs(env, core.slots(), SlotToJs); }

Napi::Array SourcesToJs(Napi::Env env, const std::vector<SourceFigures>& sources) {
  return ListToJs(env, sources, SourceToJs);
}

Napi::Object StatsToJs(Napi::Env env, const PeerCore& core, const Repairs& repairs, const std::vector<std::string>& hooks) {
  Napi::Object object = CountersToJs(env, core.counters(), kCounters);
  object["hooks"] = ListToJs(env, hooks, [](Napi::Env in, const std::string& name) { return Napi::String::New(in, name); });
  object["dropped"] = CountersToJs(env, core.counters().dropped, kDrops);
  object["forwarding"] = DurationsToJs(env, core.counters().forwarding);
  object["repairs"] = RepairsToJs(env, repairs);
  return object;
}

Napi::Object FiguresToJs(Napi::Env env, const ReceiverFigures& figures) {
  Napi::Object object = Napi::Object::New(env);
  object["loss"] = FigureToJs(env, figures.loss);
  object["transportLoss"] = FigureToJs(env, figures.transport_loss);
  object["queueMs"] = FigureToJs(env, figures.queue_ns, kNsPerMs);
  object["rttMs"] = FigureToJs(env, figures.rtt_ns, kNsPerMs);
  object["jitterMs"] = FigureToJs(env, figures.jitter_ns, kNsPerMs);
  object["receivedBitrate"] = FigureToJs(env, figures.received_bitrate);
  object["bitrateLimit"] = FigureToJs(env, figures.receiver_limit);
  object["lost"] = static_cast<double>(figures.lost);
  object["askedAgain"] = static_cast<double>(figures.asked_again);
  object["resent"] = static_cast<double>(figures.resent);
  object["streams"] = ListToJs(env, figures.streams, StreamFiguresToJs);
  return object;
}

Napi::Object ReceptionToJs(Napi::Env env, const ReceptionFigures& figures, bool has_port, const std::string& refusal) {
  Napi::Object object = Napi::Object::New(env);
  object["ownSocket"] = has_port;
  object["refusal"] = refusal.empty() ? env.Null() : Napi::Value(Napi::String::New(env, refusal));
  object["rttMs"] = FigureToJs(env, figures.rtt_ns, kNsPerMs);
  object["askedAgain"] = static_cast<double>(figures.asked_again);
  object["repaired"] = static_cast<double>(figures.repaired);
  return object;
}

std::shared_ptr<Track> TrackFromJs(const Napi::Value& value) { return FromHandle<Track>(value, kTrackTag, "Track"); }
std::shared_ptr<Slot> SlotFromJs(const Napi::Value& value) { return FromHandle<Slot>(value, kSlotTag, "Slot"); }

}  // namespace media
