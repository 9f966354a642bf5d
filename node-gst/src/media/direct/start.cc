#include "media/direct/start.h"

#include <chrono>
#include <stdexcept>

#include "media/direct/dtls_master.h"
#include "media/session_rtcp.h"

namespace media {
namespace {

std::string MissingOfDtls(const GObjectRef<GstElement>& element, const char* name, const char* key) {
  if (!element) return name;
  const char* const missing = DtlsMaster::Missing(element.get(), key);
  return missing == nullptr ? "" : std::string(name) + ":" + missing;
}

bool HasProperty(const GObjectRef<GstElement>& element, const char* name) {
  return element && g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), name) != nullptr;
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
  if (const std::string missing = MissingOfDtls(inside.dtlsenc, "dtlsenc", "encoder-key"); !missing.empty()) return missing;
  if (const std::string missing = MissingOfDtls(inside.dtlsdec, "dtlsdec", "decoder-key"); !missing.empty()) return missing;
  if (!HasProperty(inside.rtpbin, "sdes")) return "rtpbin:sdes";
  if (!inside.rtpsession) return "rtpsession";
  const auto pad = GObjectRef<GstPad>::Take(gst_element_get_static_pad(inside.rtpsession.get(), "send_rtcp_src"));
  return pad ? "" : "rtpsession:send_rtcp_src";
}

void StartReception(DirectReception& reception, const Inside& inside) {
  const DtlsMaster master(inside.dtlsdec.get(), "decoder-key");
  reception.Start({std::make_shared<SessionRtcpSink>(inside.rtpsession), master.bytes(),
                   InternalSsrc(inside.rtpsession.get()), Cname(inside.rtpbin.get())});
}

void StartDirect(DirectEgress& egress, const Inside& inside, std::vector<Repair> repairs,
                 std::shared_ptr<Counters> counters, const std::shared_ptr<RtpListener>& listener) {
  if (const std::string obstacle = ObstacleTo(inside); !obstacle.empty()) throw std::runtime_error("no " + obstacle);
  const DtlsMaster master(inside.dtlsenc.get(), "encoder-key");
  egress.Start({NiceTransport::Make(inside.ice, inside.rtpsession, std::move(counters),
                                    [listener](int fd) { listener->Follow(fd); }),
                master.bytes(),
                std::move(repairs), Cname(inside.rtpbin.get()), UnixOffset()});
}

}  // namespace media
