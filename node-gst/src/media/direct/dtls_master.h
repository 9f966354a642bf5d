// The SRTP keys that DTLS agreed on.
#pragma once
#include <gst/gst.h>

#include <array>

#include "media/direct/srtp_cipher.h"

namespace media {

// Those of one direction, as a dtlsenc or dtlsdec has them. Wiped at the end.
class DtlsMaster {
 public:
  // `property` is the one with the key. Throws std::runtime_error where there is none yet, or for another profile than
  // AES_CM_128_HMAC_SHA1_80.
  DtlsMaster(GstElement* element, const char* property);
  ~DtlsMaster();
  DtlsMaster(const DtlsMaster&) = delete;
  DtlsMaster& operator=(const DtlsMaster&) = delete;

  SrtpMaster bytes() const { return bytes_; }

  // The first property that this reads and the element has not; null where it has all.
  static const char* Missing(GstElement* element, const char* property);

 private:
  std::array<uint8_t, kSrtpMasterSize> bytes_;
};

}  // namespace media
