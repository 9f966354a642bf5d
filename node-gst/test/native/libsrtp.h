// SRTP by somebody else's code: one direction of an association.
#pragma once
#include <srtp2/srtp.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "media/direct/srtp_cipher.h"

class Libsrtp {
 public:
  enum class Direction { kReads, kWrites };

  explicit Libsrtp(media::SrtpMaster master, Direction direction = Direction::kReads)
      : master_(master.begin(), master.end()) {
    static const srtp_err_status_t initialised = srtp_init();
    Must(initialised);
    srtp_policy_t policy{};
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
    policy.ssrc.type = direction == Direction::kReads ? ssrc_any_inbound : ssrc_any_outbound;
    policy.key = master_.data();
    policy.window_size = 1024;
    Must(srtp_create(&session_, &policy));
  }
  ~Libsrtp() { srtp_dealloc(session_); }

  bool Unprotect(std::vector<uint8_t>& packet) {
    int size = static_cast<int>(packet.size());
    status_ = srtp_unprotect(session_, packet.data(), &size);
    packet.resize(static_cast<size_t>(size));
    return status_ == srtp_err_status_ok;
  }
  // False where it refuses the number.
  bool Protect(std::vector<uint8_t>& packet) { return Write(srtp_protect, packet); }
  bool ProtectRtcp(std::vector<uint8_t>& compound) { return Write(srtp_protect_rtcp, compound); }
  // Of the last packet: overtaken by so many that nothing is known of it.
  bool was_too_late() const { return status_ == srtp_err_status_replay_old; }

 private:
  // RTCP has its index behind it, besides.
  static constexpr size_t kRoom = SRTP_MAX_TRAILER_LEN + 4;

  bool Write(srtp_err_status_t (*protect)(srtp_t, void*, int*), std::vector<uint8_t>& packet) {
    int size = static_cast<int>(packet.size());
    packet.resize(packet.size() + kRoom);
    status_ = protect(session_, packet.data(), &size);
    packet.resize(static_cast<size_t>(size));
    return status_ == srtp_err_status_ok;
  }

  static void Must(srtp_err_status_t status) {
    if (status != srtp_err_status_ok) std::abort();
  }

  std::vector<uint8_t> master_;
  srtp_t session_ = nullptr;
  srtp_err_status_t status_ = srtp_err_status_ok;
};
