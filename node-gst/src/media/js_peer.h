// The JS side of a PeerCore, shared by `mediaHarness` and `peerMedia`. JS thread of `env` throughout.
#pragma once
#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include "media/options.h"
#include "media/repairs.h"
#include "media/sources.h"

namespace media {

class PeerCore;
struct ReceiverFigures;
struct ReceptionFigures;
class Slot;
class Track;

// PeerMediaOptions of media.d.ts. Throws a JS TypeError that names the member.
PeerOptions ParseOptions(const Napi::Value& value);

// Arrays of the peer's wrappers, in the order of its options. A wrapper keeps its track or slot alive, not the peer.
Napi::Array TracksToJs(Napi::Env env, const PeerCore& core);
Napi::Array SlotsToJs(Napi::Env env, const PeerCore& core);

// PeerMediaCounters of media.d.ts.
Napi::Array SourcesToJs(Napi::Env env, const std::vector<SourceFigures>& sources);
Napi::Object StatsToJs(Napi::Env env, const PeerCore& core, const Repairs& repairs, const std::vector<std::string>& hooks);

// ReceiverFigures of media.d.ts.
Napi::Object FiguresToJs(Napi::Env env, const ReceiverFigures& figures);

// ReceptionFigures of media.d.ts.
Napi::Object ReceptionToJs(Napi::Env env, const ReceptionFigures& figures, bool has_port, const std::string& refusal);

Napi::Object SlotToJs(Napi::Env env, const std::shared_ptr<Slot>& slot);

// The other way. Throw a JS TypeError where `value` is no such wrapper.
std::shared_ptr<Track> TrackFromJs(const Napi::Value& value);
std::shared_ptr<Slot> SlotFromJs(const Napi::Value& value);

}  // namespace media
