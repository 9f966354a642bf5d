// Reading what JavaScript gave as options. JS thread.
#pragma once
#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "media/options.h"

namespace media {

// A JS value and the way to it, for messages. Everything here throws a JS TypeError that names the member.
struct Member {
  Napi::Value value;
  std::string path;

  [[noreturn]] void Fail(const std::string& wanted) const;

  Member Get(const char* name) const;
  bool IsUndefined() const { return value.IsUndefined(); }
  uint32_t Integer(double least, double most) const;
  int64_t BigInteger() const;
  bool Boolean() const;
  std::string Text() const;

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

uint32_t ReadU32Value(const Member& from);
uint8_t ReadPayloadType(const Member& from);
uint32_t ReadClockRate(const Member& from);
Kind ReadKind(const Member& from);
// Must be one of `kind`.
Codec ReadCodec(const Member& from, Kind kind);

}  // namespace media
