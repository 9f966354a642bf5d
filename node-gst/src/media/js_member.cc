#include "media/js_member.h"

#include <cmath>
#include <limits>

namespace media {

void Member::Fail(const std::string& wanted) const {
  throw Napi::TypeError::New(value.Env(), path + " must be " + wanted);
}

Member Member::Get(const char* name) const {
  if (!value.IsObject()) Fail("an object");
  return {value.As<Napi::Object>().Get(name), path + "." + name};
}

uint32_t Member::Integer(double least, double most) const {
  if (value.IsNumber()) {
    const double number = value.As<Napi::Number>().DoubleValue();
    if (number >= least && number <= most && number == std::floor(number)) return static_cast<uint32_t>(number);
  }
  Fail("an integer from " + std::to_string(static_cast<uint32_t>(least)) + " to " +
       std::to_string(static_cast<uint32_t>(most)));
}

int64_t Member::BigInteger() const {
  bool exact = false;
  if (value.IsBigInt()) {
    const int64_t number = value.As<Napi::BigInt>().Int64Value(&exact);
    if (exact) return number;
  }
  Fail("a bigint of 64 bits");
}

bool Member::Boolean() const {
  if (!value.IsBoolean()) Fail("a boolean");
  return value.As<Napi::Boolean>().Value();
}

std::string Member::Text() const {
  if (!value.IsString()) Fail("a string");
  return value.As<Napi::String>().Utf8Value();
}

uint32_t ReadU32Value(const Member& from) { return from.Integer(0, std::numeric_limits<uint32_t>::max()); }

uint8_t ReadPayloadType(const Member& from) { return static_cast<uint8_t>(from.Integer(0, 127)); }

// RTP clocks of media lie far inside; outside, times would not fit.
uint32_t ReadClockRate(const Member& from) { return from.Integer(1000, 1'000'000); }

Kind ReadKind(const Member& from) {
  const std::string text = from.Text();
  if (text == "audio") return Kind::kAudio;
  if (text == "video") return Kind::kVideo;
  from.Fail("'audio' or 'video'");
}

Codec ReadCodec(const Member& from, Kind kind) {
  const std::string text = from.Text();
  Codec codec;
  if (text == "opus") {
    codec = Codec::kOpus;
  } else if (text == "vp8") {
    codec = Codec::kVp8;
  } else if (text == "h264") {
    codec = Codec::kH264;
  } else {
    from.Fail("'opus', 'vp8' or 'h264'");
  }
  if ((codec == Codec::kOpus) != (kind == Kind::kAudio)) from.Fail("of the section's kind");
  return codec;
}

}  // namespace media
