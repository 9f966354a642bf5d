#include "media/h264.h"

namespace media {
namespace {

enum NalType : uint8_t { kIdr = 5, kSps = 7, kStapA = 24, kFuA = 28 };

bool StartsDecoding(uint8_t header) {
  const uint8_t type = header & 0x1F;
  return type == kIdr || type == kSps;
}

}  // namespace

bool IsH264Keyframe(Bytes payload) noexcept {
  if (payload.empty()) return false;
  const uint8_t type = payload[0] & 0x1F;
  if (type == kFuA) return payload.size() > 1 && (payload[1] & 0x80) != 0 && StartsDecoding(payload[1]);
  if (type != kStapA) return StartsDecoding(payload[0]);
  for (Bytes rest = payload.subspan(1); rest.size() > 2;) {
    const size_t size = ReadU16(rest.data());
    if (size == 0 || rest.size() < 2 + size) return false;
    if (StartsDecoding(rest[2])) return true;
    rest = rest.subspan(2 + size);
  }
  return false;
}

}  // namespace media
