// PeerMediaOptions of media.d.ts to PeerOptions.
#include "media/js_member.h"
#include "media/js_peer.h"

namespace media {
namespace {

uint8_t ReadId(const Member& from) { return static_cast<uint8_t>(from.Integer(0, 255)); }

void ReadSection(const Member& from, SectionOptions& section) {
  section.mline = ReadU32Value(from.Get("mline"));
  const Member mid = from.Get("mid");
  section.mid = mid.Text();
  if (section.mid.size() > kMaxMidSize) mid.Fail("at most " + std::to_string(kMaxMidSize) + " bytes");
  section.kind = ReadKind(from.Get("kind"));
  section.codec = ReadCodec(from.Get("codec"), section.kind);
  section.payload_type = ReadPayloadType(from.Get("payloadType"));
  section.clock_rate = ReadClockRate(from.Get("clockRate"));
  const Member extensions = from.Get("extensions");
  section.extensions.mid = ReadId(extensions.Get("mid"));
  section.extensions.audio_level = ReadId(extensions.Get("audioLevel"));
  section.extensions.transport_cc = ReadId(extensions.Get("transportCc"));
}

bool ReadFlag(const Member& from) { return !from.IsUndefined() && from.Boolean(); }

std::optional<RepairFormat> ReadRepairFormat(const Member& from) {
  if (from.IsUndefined()) return std::nullopt;
  return RepairFormat{ReadPayloadType(from.Get("payloadType")), from.Get("ssrcs").List(ReadU32Value)};
}

TrackOptions ReadTrack(const Member& from) {
  TrackOptions track;
  ReadSection(from, track);
  track.ssrcs = from.Get("ssrcs").List(ReadU32Value);
  track.nack = ReadFlag(from.Get("nack"));
  track.repair = ReadRepairFormat(from.Get("repair"));
  return track;
}

SlotOptions ReadSlot(const Member& from) {
  SlotOptions slot;
  ReadSection(from, slot);
  slot.ssrc = ReadU32Value(from.Get("ssrc"));
  slot.nack = ReadFlag(from.Get("nack"));
  return slot;
}

RateOptions ReadRate(const Member& from) {
  if (from.IsUndefined()) return {};
  return {ReadU32Value(from.Get("packets")), ReadU32Value(from.Get("bytes"))};
}

}  // namespace

PeerOptions ParseOptions(const Napi::Value& value) {
  const Member options{value, "options"};
  PeerOptions result;
  result.csrc = ReadU32Value(options.Get("csrc"));
  result.rate = ReadRate(options.Get("rate"));
  result.tracks = options.Get("tracks").List(ReadTrack);
  result.slots = options.Get("slots").List(ReadSlot);
  return result;
}

}  // namespace media
