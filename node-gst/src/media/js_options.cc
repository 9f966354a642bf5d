// PeerMediaOptions of media.d.ts to PeerOptions.
#include <cmath>
#include <limits>

#include "media/js_peer.h"

namespace media {
namespace {

constexpr double kMaxU32 = std::numeric_limits<uint32_t>::max();

// A JS value and the way to it, for messages.
struct Member {
  Napi::Value value;
  std::string path;

  [[noreturn]] void Fail(const std::string& wanted) const {
    throw Napi::TypeError::New(value.Env(), path + " must be " + wanted);
  }

  Member Get(const char* name) const {
    if (!value.IsObject()) Fail("an object");
    return {value.As<Napi::Object>().Get(name), path + "." + name};
  }

  uint32_t Integer(double least, double most) const {
    if (value.IsNumber()) {
      const double number = value.As<Napi::Number>().DoubleValue();
      if (number >= least && number <= most && number == std::floor(number)) return static_cast<uint32_t>(number);
    }
    Fail("an integer from " + std::to_string(static_cast<uint32_t>(least)) + " to " +
         std::to_string(static_cast<uint32_t>(most)));
  }

  std::string Text() const {
    if (!value.IsString()) Fail("a string");
    return value.As<Napi::String>().Utf8Value();
  }

  template <class Read>
  auto List(Read read) const {
    if (!value.IsArray()) Fail("an array");
    const auto array = value.As<Napi::Array>();
    std::vector<decltype(read(*this))> result;
    for (uint32_t i = 0; i < array.Length(); ++i) {
      result.push_back(read(Member{array.Get(i), path + "[" + std::to_string(i) + "]"}));
    }
    return result;
  }
};

uint32_t ReadU32Value(const Member& from) { return from.Integer(0, kMaxU32); }
uint8_t ReadId(const Member& from) { return static_cast<uint8_t>(from.Integer(0, 255)); }

Kind ReadKind(const Member& from) {
  const std::string text = from.Text();
  if (text == "audio") return Kind::kAudio;
  if (text == "video") return Kind::kVideo;
  from.Fail("'audio' or 'video'");
}

Codec ReadCodec(const Member& from) {
  const std::string text = from.Text();
  if (text == "opus") return Codec::kOpus;
  if (text == "vp8") return Codec::kVp8;
  if (text == "h264") return Codec::kH264;
  from.Fail("'opus', 'vp8' or 'h264'");
}

void ReadSection(const Member& from, SectionOptions& section) {
  section.mline = ReadU32Value(from.Get("mline"));
  const Member mid = from.Get("mid");
  section.mid = mid.Text();
  if (section.mid.size() > kMaxMidSize) mid.Fail("at most " + std::to_string(kMaxMidSize) + " bytes");
  section.kind = ReadKind(from.Get("kind"));
  const Member codec = from.Get("codec");
  section.codec = ReadCodec(codec);
  if ((section.codec == Codec::kOpus) != (section.kind == Kind::kAudio)) codec.Fail("of the section's kind");
  section.payload_type = static_cast<uint8_t>(from.Get("payloadType").Integer(0, 127));
  // RTP clocks of media lie far inside; outside, times would not fit.
  section.clock_rate = from.Get("clockRate").Integer(1000, 1'000'000);
  const Member extensions = from.Get("extensions");
  section.extensions.mid = ReadId(extensions.Get("mid"));
  section.extensions.audio_level = ReadId(extensions.Get("audioLevel"));
  section.extensions.transport_cc = ReadId(extensions.Get("transportCc"));
}

TrackOptions ReadTrack(const Member& from) {
  TrackOptions track;
  ReadSection(from, track);
  track.ssrcs = from.Get("ssrcs").List(ReadU32Value);
  return track;
}

SlotOptions ReadSlot(const Member& from) {
  SlotOptions slot;
  ReadSection(from, slot);
  slot.ssrc = ReadU32Value(from.Get("ssrc"));
  return slot;
}

}  // namespace

PeerOptions ParseOptions(const Napi::Value& value) {
  const Member options{value, "options"};
  PeerOptions result;
  result.csrc = ReadU32Value(options.Get("csrc"));
  result.tracks = options.Get("tracks").List(ReadTrack);
  result.slots = options.Get("slots").List(ReadSlot);
  return result;
}

}  // namespace media
