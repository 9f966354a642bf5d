// SRTP of what a peer sends (RFC 3711 §3.3).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "media/direct/srtp_cipher.h"
#include "media/direct/srtp_index.h"

namespace media {

// Nothing of a packet counts before it is authentic: neither its SSRC nor its number is remembered until then, so that who
// does not have the keys can change nothing.
//
// Not thread-safe; guarded by its reception.
class SrtpUnprotector {
 public:
  // As many streams as a peer can have, those of its resends included, several times over. Only its own, authentic
  // packets can fill this; more of its SSRCs are refused then.
  static constexpr size_t kMaxStreams = 256;

  explicit SrtpUnprotector(SrtpMaster master);

  // Decrypts a datagram in place. Returns the size of the RTP packet that it begins with; 0 where it is no SRTP, not
  // authentic, came before, or is so late that this is not known any more.
  size_t Unprotect(std::span<uint8_t> datagram) noexcept;

 private:
  struct Stream {
    uint32_t ssrc;
    SrtpIndex index;
  };
  Stream* Find(uint32_t ssrc) noexcept;
  bool IsAuthentic(Bytes packet, Bytes tag, uint64_t index) noexcept;

  SrtpCipher cipher_;
  std::vector<Stream> streams_;
  // Where the last packet was found.
  size_t last_hit_ = 0;
};

}  // namespace media
