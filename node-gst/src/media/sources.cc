#include "media/sources.h"

#include <algorithm>
#include <optional>

#include "media/ntp.h"
#include "ref.h"

namespace media {
namespace {

// Steps of the fraction lost in a report (RFC 3550 §6.4.1).
constexpr double kFractionSteps = 256;

// Nothing for a stream of our own, and for whoever only reports.
std::optional<SourceFigures> ReadSource(const GstStructure* source) {
  gboolean internal = TRUE;
  gboolean reported = FALSE;
  guint ssrc = 0;
  guint jitter = 0;
  guint fraction = 0;
  gint clock_rate = 0;
  gint lost = 0;
  guint64 packets = 0;
  // Each on its own: what a version leaves out must not take the rest with it.
  gst_structure_get_boolean(source, "internal", &internal);
  gst_structure_get_boolean(source, "sent-rb", &reported);
  gst_structure_get_uint(source, "ssrc", &ssrc);
  gst_structure_get_uint(source, "jitter", &jitter);
  gst_structure_get_uint(source, "sent-rb-fractionlost", &fraction);
  gst_structure_get_int(source, "clock-rate", &clock_rate);
  gst_structure_get_int(source, "packets-lost", &lost);
  gst_structure_get_uint64(source, "packets-received", &packets);
  if (internal || packets == 0 || clock_rate <= 0) return std::nullopt;
  return SourceFigures{
      .ssrc = ssrc,
      .clock_rate = static_cast<uint32_t>(clock_rate),
      .packets = packets,
      .lost = static_cast<uint32_t>(std::max(lost, 0)),
      .loss = reported ? fraction / kFractionSteps : -1,
      .jitter_ns = int64_t{jitter} * kNsPerSecond / clock_rate,
  };
}

}  // namespace

std::vector<SourceFigures> ReadSources(GstElement* session) {
  std::vector<SourceFigures> figures;
  if (session == nullptr) return figures;
  GstStructure* stats = nullptr;
  g_object_get(session, "stats", &stats, nullptr);
  const GstStructurePtr held(stats);
  if (!held) return figures;
  const GValue* list = gst_structure_get_value(stats, "source-stats");
  if (list == nullptr || !G_VALUE_HOLDS(list, G_TYPE_VALUE_ARRAY)) return figures;
  const auto* sources = static_cast<const GValueArray*>(g_value_get_boxed(list));
  for (guint i = 0; sources != nullptr && i < sources->n_values; ++i) {
    const GValue* source = &sources->values[i];
    if (!GST_VALUE_HOLDS_STRUCTURE(source)) continue;
    if (const auto read = ReadSource(gst_value_get_structure(source))) figures.push_back(*read);
  }
  return figures;
}

}  // namespace media
