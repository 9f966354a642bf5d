// SRTP and SRTCP of what a peer sends (RFC 3711 §3.3 and §3.4).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "media/direct/srtp_cipher.h"
#include "media/reception/srtp_streams.h"

namespace media {

// Nothing of a packet counts before it is authentic: neither its SSRC nor its number is remembered until then, so that who
// does not have the keys can change nothing.
//
// Not thread-safe; guarded by its reception.
class SrtpUnprotector {
 public:
  explicit SrtpUnprotector(SrtpMaster master);

  // Decrypts a datagram in place. Returns the size of the RTP packet that it begins with; 0 where it is no SRTP, not
  // authentic, came before, or is so late that this is not known any more.
  size_t Unprotect(std::span<uint8_t> datagram) noexcept;

 private:
  SrtpCipher cipher_;
  SrtpStreams streams_;
};

// As above, for RTCP.
class SrtcpUnprotector {
 public:
  explicit SrtcpUnprotector(SrtpMaster master);

  // Decrypts a datagram in place. Returns the size of the compound that it begins with; 0 where it is no SRTCP, not
  // authentic or not encrypted, came before, or is so late that this is not known any more.
  size_t Unprotect(std::span<uint8_t> datagram) noexcept;

 private:
  SrtpCipher cipher_;
  SrtpStreams streams_;
};

}  // namespace media
