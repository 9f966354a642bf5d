#include "media/rtp.h"

namespace media {
namespace {

constexpr size_t kFixedHeader = 12;
constexpr uint16_t kOneByteProfile = 0xBEDE;

// The low four bits of the two-byte profile are free for applications (RFC 8285 §4.3).
bool IsTwoByteProfile(uint16_t profile) { return (profile & 0xFFF0) == 0x1000; }

std::optional<Bytes> FindOneByte(Bytes rest, uint8_t id) {
  while (!rest.empty()) {
    const uint8_t element = rest[0] >> 4;
    if (element == 0) {  // padding between elements
      rest = rest.subspan(1);
      continue;
    }
    const size_t size = (rest[0] & 0x0Fu) + 1;
    if (element == 15 || rest.size() < 1 + size) return std::nullopt;  // 15 ends the list (RFC 8285 §4.2)
    if (element == id) return rest.subspan(1, size);
    rest = rest.subspan(1 + size);
  }
  return std::nullopt;
}

std::optional<Bytes> FindTwoByte(Bytes rest, uint8_t id) {
  while (!rest.empty()) {
    if (rest[0] == 0) {
      rest = rest.subspan(1);
      continue;
    }
    if (rest.size() < 2 || rest.size() < 2u + rest[1]) return std::nullopt;
    if (rest[0] == id) return rest.subspan(2, rest[1]);
    rest = rest.subspan(2u + rest[1]);
  }
  return std::nullopt;
}

}  // namespace

std::optional<RtpView> ParseRtp(Bytes packet) noexcept {
  if (packet.size() < kFixedHeader || packet[0] >> 6 != 2) return std::nullopt;
  const bool padded = (packet[0] & 0x20) != 0;
  const bool extended = (packet[0] & 0x10) != 0;

  RtpView view;
  view.marker = (packet[1] & 0x80) != 0;
  view.payload_type = packet[1] & 0x7F;
  view.sequence = ReadU16(&packet[2]);
  view.timestamp = ReadU32(&packet[4]);
  view.ssrc = ReadU32(&packet[8]);

  const size_t csrcs = (packet[0] & 0x0Fu) * 4;
  if (packet.size() < kFixedHeader + csrcs) return std::nullopt;
  Bytes rest = packet.subspan(kFixedHeader + csrcs);
  if (extended) {
    if (rest.size() < 4) return std::nullopt;
    const size_t size = ReadU16(&rest[2]) * 4u;
    if (rest.size() < 4 + size) return std::nullopt;
    view.extension_profile = ReadU16(rest.data());
    view.extensions = rest.subspan(4, size);
    rest = rest.subspan(4 + size);
  }
  if (padded) {
    if (rest.empty() || rest.back() == 0 || rest.back() > rest.size()) return std::nullopt;
    rest = rest.first(rest.size() - rest.back());
  }
  view.payload = rest;
  return view;
}

size_t RtpHeaderSize(Bytes packet) noexcept {
  if (packet.size() < kFixedHeader || packet[0] >> 6 != 2) return 0;
  size_t size = kFixedHeader + (packet[0] & 0x0Fu) * 4;
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < size + 4) return 0;
    size += 4 + ReadU16(&packet[size + 2]) * 4u;
  }
  return packet.size() < size ? 0 : size;
}

std::optional<Bytes> FindExtension(const RtpView& packet, uint8_t id) noexcept {
  if (id == 0) return std::nullopt;
  if (packet.extension_profile == kOneByteProfile) return FindOneByte(packet.extensions, id);
  if (IsTwoByteProfile(packet.extension_profile)) return FindTwoByte(packet.extensions, id);
  return std::nullopt;
}

}  // namespace media
