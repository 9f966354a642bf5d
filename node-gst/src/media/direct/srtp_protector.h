// SRTP of what a peer is sent (RFC 3711 §3.3).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "media/direct/srtp_cipher.h"
#include "media/direct/srtp_index.h"

namespace media {

// The one encrypter of all RTP under a DTLS association: a second one would begin its rollover counters anew, and use
// key stream twice. No index of an SSRC is used for two packets.
//
// Not thread-safe; guarded by its egress.
class SrtpProtector {
 public:
  // What is encrypted under one SSRC.
  struct Stream {
    uint32_t ssrc;
    SrtpIndex index;
  };

  SrtpProtector(SrtpMaster master, std::span<const uint32_t> ssrcs);

  // Encrypts the first `size` bytes, a whole RTP packet, in place, and appends the tag, for which `buffer` has room.
  // Returns the size with it; 0 where the packet is none, its SSRC is not among those given, or its index was used.
  size_t Protect(std::span<uint8_t> buffer, size_t size) noexcept;
  // The same for whoever knows the stream: a packet of another one is refused.
  size_t Protect(Stream& stream, std::span<uint8_t> buffer, size_t size) noexcept;

  // Null where the SSRC is not among those given. Stays where it is.
  Stream* Find(uint32_t ssrc) noexcept;

 private:
  SrtpCipher cipher_;
  std::vector<Stream> streams_;
};

}  // namespace media
