// SRTP's and SRTCP's transforms for the profile SRTP_AES128_CM_HMAC_SHA1_80 (RFC 3711, RFC 5764 §4.1.2): what DTLS agrees on with
// GStreamer.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "media/rtp.h"

namespace media {

// As DTLS gives it for one direction: 16 bytes of key, then 14 of salt.
inline constexpr size_t kSrtpMasterSize = 30;
using SrtpMaster = std::span<const uint8_t, kSrtpMasterSize>;
inline constexpr size_t kSrtpTagSize = 10;
using SrtpTag = std::array<uint8_t, kSrtpTagSize>;

// What is derived from a master (RFC 3711 §4.3) for one of the two. Wiped at its end.
struct SrtpSessionKeys {
  enum class Use { kRtp, kRtcp };

  SrtpSessionKeys() = default;
  explicit SrtpSessionKeys(SrtpMaster master, Use use = Use::kRtp);
  ~SrtpSessionKeys();
  SrtpSessionKeys(const SrtpSessionKeys&) = delete;
  SrtpSessionKeys& operator=(const SrtpSessionKeys&) = delete;

  std::array<uint8_t, 16> encryption{};
  std::array<uint8_t, 14> salt{};
  std::array<uint8_t, 20> authentication{};
};

// Encrypts and authenticates packets under one set of session keys. An index is ROC·2^16 + sequence number, or that of
// SRTCP; that none is used for two packets is the caller's care. Contexts are made once, so a packet costs no allocation; keys are wiped at the end.
//
// Not thread-safe.
class SrtpCipher {
 public:
  explicit SrtpCipher(const SrtpSessionKeys& keys);
  ~SrtpCipher();

  // Encrypts in place; the same again decrypts.
  void Crypt(uint32_t ssrc, uint64_t index, std::span<uint8_t> payload) noexcept;
  // Of a whole packet, header and encrypted payload, and of four bytes behind it: the rollover counter, or what stands
  // there in SRTCP.
  SrtpTag Authenticate(Bytes packet, uint32_t behind) noexcept;

 private:
  struct Contexts;
  const std::unique_ptr<Contexts> contexts_;
};

}  // namespace media
