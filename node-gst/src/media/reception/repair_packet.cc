#include "media/reception/repair_packet.h"

#include <cstring>

namespace media {
namespace {

// The original sequence number, in front of the payload.
constexpr size_t kOsn = 2;

}  // namespace

std::optional<uint16_t> OriginalSequence(const RtpView& repair) noexcept {
  if (repair.payload.size() < kOsn) return std::nullopt;
  return ReadU16(repair.payload.data());
}

std::span<uint8_t> RestoreOriginal(std::span<uint8_t> packet, const RtpView& repair, uint32_t ssrc, uint8_t payload_type) noexcept {
  const uint16_t sequence = ReadU16(repair.payload.data());
  const auto header = static_cast<size_t>(repair.payload.data() - packet.data());
  // The header is shorter than the payload.
  std::memmove(packet.data() + kOsn, packet.data(), header);
  const std::span<uint8_t> original = packet.subspan(kOsn);
  original[1] = static_cast<uint8_t>((original[1] & 0x80) | payload_type);
  WriteU16(&original[2], sequence);
  WriteU32(&original[8], ssrc);
  return original;
}

}  // namespace media
