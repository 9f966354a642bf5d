#include "media/reception/srtp_unprotector.h"

#include <openssl/crypto.h>

#include <optional>

namespace media {
namespace {

// RFC 3711 §3.4: behind the compound, encrypted from its second word but one on, whether it is so, and its index.
constexpr size_t kRtcpClear = 8;
constexpr size_t kRtcpTrailer = 4;
constexpr uint32_t kRtcpEncrypted = 0x8000'0000;

bool IsSame(const SrtpTag& right, Bytes tag) { return CRYPTO_memcmp(right.data(), tag.data(), right.size()) == 0; }

}  // namespace

SrtpUnprotector::SrtpUnprotector(SrtpMaster master) : cipher_(SrtpSessionKeys(master)) {}

size_t SrtpUnprotector::Unprotect(std::span<uint8_t> datagram) noexcept {
  if (datagram.size() < kSrtpTagSize) return 0;
  const std::span<uint8_t> packet = datagram.first(datagram.size() - kSrtpTagSize);
  const size_t header = RtpHeaderSize(packet);
  if (header == 0) return 0;
  const uint32_t ssrc = ReadU32(&packet[8]);
  const SrtpIndex* const used = streams_.Find(ssrc);
  const auto index = used == nullptr ? std::nullopt : used->Estimate(ReadU16(&packet[2]));
  if (!index) return 0;
  const SrtpTag right = cipher_.Authenticate(packet, static_cast<uint32_t>(*index >> 16));
  if (!IsSame(right, datagram.last(kSrtpTagSize))) return 0;
  streams_.Use(ssrc, *index);
  cipher_.Crypt(ssrc, *index, packet.subspan(header));
  return packet.size();
}

SrtcpUnprotector::SrtcpUnprotector(SrtpMaster master)
    : cipher_(SrtpSessionKeys(master, SrtpSessionKeys::Use::kRtcp)) {}

size_t SrtcpUnprotector::Unprotect(std::span<uint8_t> datagram) noexcept {
  if (datagram.size() < kRtcpClear + kRtcpTrailer + kSrtpTagSize) return 0;
  const std::span<uint8_t> compound = datagram.first(datagram.size() - kSrtpTagSize - kRtcpTrailer);
  const uint32_t trailer = ReadU32(&datagram[compound.size()]);
  if ((trailer & kRtcpEncrypted) == 0) return 0;
  const uint32_t index = trailer & ~kRtcpEncrypted;
  const uint32_t ssrc = ReadU32(&compound[4]);
  const SrtpIndex* const used = streams_.Find(ssrc);
  if (used == nullptr || !used->IsFresh(index)) return 0;
  if (!IsSame(cipher_.Authenticate(compound, trailer), datagram.last(kSrtpTagSize))) return 0;
  streams_.Use(ssrc, index);
  cipher_.Crypt(ssrc, index, compound.subspan(kRtcpClear));
  return compound.size();
}

}  // namespace media
