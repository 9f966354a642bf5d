#include "media/reception/srtp_unprotector.h"

#include <openssl/crypto.h>

namespace media {

SrtpUnprotector::SrtpUnprotector(SrtpMaster master) : cipher_(SrtpSessionKeys(master)) {}

size_t SrtpUnprotector::Unprotect(std::span<uint8_t> datagram) noexcept {
  if (datagram.size() < kSrtpTagSize) return 0;
  const std::span<uint8_t> packet = datagram.first(datagram.size() - kSrtpTagSize);
  const size_t header = RtpHeaderSize(packet);
  if (header == 0) return 0;
  const uint32_t ssrc = ReadU32(&packet[8]);
  Stream* stream = Find(ssrc);
  if (stream == nullptr && streams_.size() == kMaxStreams) return 0;
  const auto index = (stream == nullptr ? SrtpIndex() : stream->index).Estimate(ReadU16(&packet[2]));
  if (!index || !IsAuthentic(packet, datagram.last(kSrtpTagSize), *index)) return 0;
  if (stream == nullptr) stream = &streams_.emplace_back(Stream{ssrc, {}});
  stream->index.Use(*index);
  cipher_.Crypt(ssrc, *index, packet.subspan(header));
  return packet.size();
}

bool SrtpUnprotector::IsAuthentic(Bytes packet, Bytes tag, uint64_t index) noexcept {
  const SrtpTag right = cipher_.Authenticate(packet, static_cast<uint32_t>(index >> 16));
  return CRYPTO_memcmp(right.data(), tag.data(), right.size()) == 0;
}

SrtpUnprotector::Stream* SrtpUnprotector::Find(uint32_t ssrc) noexcept {
  for (size_t i = 0; i < streams_.size(); ++i) {
    const size_t at = last_hit_ + i < streams_.size() ? last_hit_ + i : last_hit_ + i - streams_.size();
    if (streams_[at].ssrc != ssrc) continue;
    last_hit_ = at;
    return &streams_[at];
  }
  return nullptr;
}

}  // namespace media
