#include "media/repairs.h"

namespace media {
namespace {

void ReadNacks(GstElement* session, Repairs& repairs) noexcept {
  GstStructure* stats = nullptr;
  g_object_get(session, "stats", &stats, nullptr);
  if (stats == nullptr) return;
  guint in = 0;
  guint out = 0;
  gst_structure_get(stats, "recv-nack-count", G_TYPE_UINT, &in, "sent-nack-count", G_TYPE_UINT, &out, nullptr);
  gst_structure_free(stats);
  repairs.nacks_in = in;
  repairs.nacks_out = out;
}

uint64_t NumRtxPackets(GstElement* element) noexcept {
  guint packets = 0;
  if (element != nullptr) g_object_get(element, "num-rtx-packets", &packets, nullptr);
  return packets;
}

}  // namespace

Repairs ReadRepairs(GstElement* session, GstElement* retransmitter, GstElement* receiver) noexcept {
  Repairs repairs;
  if (session != nullptr) ReadNacks(session, repairs);
  repairs.retransmissions_in = NumRtxPackets(receiver);
  repairs.retransmissions_out = NumRtxPackets(retransmitter);
  return repairs;
}

}  // namespace media
