#include "media/direct/start.h"

#include <openssl/crypto.h>

#include <chrono>
#include <stdexcept>

namespace media {
namespace {

// GstDtlsSrtpCipher and GstDtlsSrtpAuth.
constexpr guint kAes128Icm = 1;
constexpr guint kHmacSha1_80 = 2;

bool HasProperty(const GObjectRef<GstElement>& element, const char* name) {
  return element && g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), name) != nullptr;
}

// The keys of one direction, wiped at the end.
class Master {
 public:
  explicit Master(GstElement* dtlsenc) {
    guint cipher = 0;
    guint auth = 0;
    GstBuffer* buffer = nullptr;
    g_object_get(dtlsenc, "srtp-cipher", &cipher, "srtp-auth", &auth, "encoder-key", &buffer, nullptr);
    const GstMini<GstBuffer> held(buffer);
    if (!held || gst_buffer_get_size(buffer) != bytes_.size()) throw std::runtime_error("DTLS has agreed on no SRTP keys");
    if (cipher != kAes128Icm || auth != kHmacSha1_80) throw std::runtime_error("DTLS has agreed on another SRTP profile");
    gst_buffer_extract(buffer, 0, bytes_.data(), bytes_.size());
  }
  ~Master() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Master(const Master&) = delete;
  Master& operator=(const Master&) = delete;

  SrtpMaster bytes() const { return bytes_; }

 private:
  std::array<uint8_t, kSrtpMasterSize> bytes_;
};

std::string Cname(GstElement* rtpbin) {
  GstStructure* sdes = nullptr;
  g_object_get(rtpbin, "sdes", &sdes, nullptr);
  const GstStructurePtr held(sdes);
  const gchar* const cname = held ? gst_structure_get_string(sdes, "cname") : nullptr;
  return cname != nullptr ? cname : "";
}

// One for all peers: what they hear at the same time has the same time in their reports.
int64_t UnixOffset() {
  static const int64_t offset_ns = [] {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count() - SystemClock().Now();
  }();
  return offset_ns;
}

}  // namespace

std::string ObstacleTo(const Inside& inside) {
  if (!inside.ice.agent) return "nicesrc";
  for (const char* name : {"srtp-cipher", "srtp-auth", "encoder-key"}) {
    if (!HasProperty(inside.dtlsenc, name)) return std::string("dtlsenc:") + name;
  }
  if (!HasProperty(inside.rtpbin, "sdes")) return "rtpbin:sdes";
  if (!inside.rtpsession) return "rtpsession";
  const auto pad = GObjectRef<GstPad>::Take(gst_element_get_static_pad(inside.rtpsession.get(), "send_rtcp_src"));
  return pad ? "" : "rtpsession:send_rtcp_src";
}

void StartDirect(DirectEgress& egress, const Inside& inside, std::vector<Repair> repairs,
                 std::shared_ptr<Counters> counters) {
  if (const std::string obstacle = ObstacleTo(inside); !obstacle.empty()) throw std::runtime_error("no " + obstacle);
  const Master master(inside.dtlsenc.get());
  egress.Start({NiceTransport::Make(inside.ice, inside.rtpsession, std::move(counters)), master.bytes(),
                std::move(repairs), Cname(inside.rtpbin.get()), UnixOffset()});
}

}  // namespace media
