#include "media/direct/dtls_master.h"

#include <openssl/crypto.h>

#include <stdexcept>

#include "ref.h"

namespace media {
namespace {

// GstDtlsSrtpCipher and GstDtlsSrtpAuth.
constexpr guint kAes128Icm = 1;
constexpr guint kHmacSha1_80 = 2;

}  // namespace

DtlsMaster::DtlsMaster(GstElement* element, const char* property) {
  guint cipher = 0;
  guint auth = 0;
  GstBuffer* buffer = nullptr;
  g_object_get(element, "srtp-cipher", &cipher, "srtp-auth", &auth, property, &buffer, nullptr);
  const GstMini<GstBuffer> held(buffer);
  if (!held || gst_buffer_get_size(buffer) != bytes_.size()) throw std::runtime_error("DTLS has agreed on no SRTP keys");
  if (cipher != kAes128Icm || auth != kHmacSha1_80) throw std::runtime_error("DTLS has agreed on another SRTP profile");
  gst_buffer_extract(buffer, 0, bytes_.data(), bytes_.size());
}

DtlsMaster::~DtlsMaster() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

const char* DtlsMaster::Missing(GstElement* element, const char* property) {
  for (const char* name : {"srtp-cipher", "srtp-auth", property}) {
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), name) == nullptr) return name;
  }
  return nullptr;
}

}  // namespace media
