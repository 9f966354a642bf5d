#include "media/direct/srtp_protector.h"

#include <algorithm>

namespace media {
namespace {

constexpr size_t kRtpHeader = 12;

}  // namespace

SrtpProtector::SrtpProtector(SrtpMaster master, std::span<const uint32_t> ssrcs) : cipher_(SrtpSessionKeys(master)) {
  for (const uint32_t ssrc : ssrcs) {
    if (Find(ssrc) == nullptr) streams_.push_back({ssrc, {}});
  }
}

size_t SrtpProtector::Protect(std::span<uint8_t> buffer, size_t size) noexcept {
  if (size < kRtpHeader || buffer.size() < size) return 0;
  Stream* const stream = Find(ReadU32(&buffer[8]));
  return stream == nullptr ? 0 : Protect(*stream, buffer, size);
}

size_t SrtpProtector::Protect(Stream& stream, std::span<uint8_t> buffer, size_t size) noexcept {
  if (buffer.size() < size + kSrtpTagSize) return 0;
  const std::span<uint8_t> packet = buffer.first(size);
  const size_t header = RtpHeaderSize(packet);
  if (header == 0 || ReadU32(&packet[8]) != stream.ssrc) return 0;
  const auto index = stream.index.Estimate(ReadU16(&packet[2]));
  if (!index) return 0;
  // Used from here on, whatever becomes of the packet.
  stream.index.Use(*index);
  cipher_.Crypt(stream.ssrc, *index, packet.subspan(header));
  const SrtpTag tag = cipher_.Authenticate(packet, static_cast<uint32_t>(*index >> 16));
  std::copy(tag.begin(), tag.end(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
  return size + tag.size();
}

SrtpProtector::Stream* SrtpProtector::Find(uint32_t ssrc) noexcept {
  const auto found = std::find_if(streams_.begin(), streams_.end(), [&](const Stream& s) { return s.ssrc == ssrc; });
  return found == streams_.end() ? nullptr : &*found;
}

}  // namespace media
