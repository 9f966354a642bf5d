#include <functional>
#include <memory>

#include "media/direct/rtcp_feedback.h"
#include "media/direct/transport_feedback.h"
#include "media/h264.h"
#include "media/reception/repair_packet.h"
#include "media/rtcp.h"
#include "media/rtp.h"
#include "media/vp8.h"
#include "targets.h"

namespace fuzz {
namespace {

using namespace media;

bool IsWithin(Bytes part, Bytes whole) {
  const std::less_equal<const uint8_t*> before;
  return part.empty() || (before(whole.data(), part.data()) && before(part.data() + part.size(), whole.data() + whole.size()));
}

// Calls `read(i)` until it has nothing more; no more often than there are bytes.
template <class Read>
void ReadAll(const RtcpPacket& packet, Read&& read) {
  size_t i = 0;
  while (read(i)) Require(i++ <= packet.body.size());
}

}  // namespace

void Payload(Bytes data) {
  const Vp8Descriptor descriptor = ParseVp8Descriptor(data);
  Require(descriptor.size <= data.size());
  if (descriptor.picture_id_bits > 0) Require(descriptor.picture_id_at + descriptor.picture_id_bits / 8 < descriptor.size);
  Require(descriptor.size == 0 || descriptor.tl0_at < descriptor.size);
  IsVp8Keyframe(data, descriptor);
  IsH264Keyframe(data);
}

void Rtp(Bytes data) {
  const auto packet = ParseRtp(data);
  Require((RtpHeaderSize(data) == 0) || RtpHeaderSize(data) <= data.size());
  if (!packet) return;
  Require(IsWithin(packet->payload, data) && IsWithin(packet->extensions, data));
  for (int id = 0; id <= 255; ++id) {
    const auto element = FindExtension(*packet, static_cast<uint8_t>(id));
    if (element) Require(IsWithin(*element, packet->extensions));
  }
  Payload(packet->payload);
  if (!OriginalSequence(*packet)) return;
  const std::unique_ptr<uint8_t[]> copy(new uint8_t[data.size()]);
  std::copy(data.begin(), data.end(), copy.get());
  const std::span<uint8_t> whole(copy.get(), data.size());
  const auto original = RestoreOriginal(whole, *ParseRtp(whole), 7, 96);
  Require(IsWithin(original, whole));
  const auto restored = ParseRtp(original);
  Require(restored && restored->ssrc == 7 && restored->sequence == *OriginalSequence(*packet));
}

void Rtcp(Bytes data) {
  RtcpReader reader(data);
  size_t size = 0;
  for (RtcpPacket packet; reader.Next(packet);) {
    Require(IsWithin(packet.body, data));
    size += 4 + packet.body.size();
    AsSenderReport(packet);
    AsPli(packet);
    AsRemb(packet);
    ReadAll(packet, [&](size_t i) { return FirAt(packet, i).has_value(); });
    ReadAll(packet, [&](size_t i) { return ByeAt(packet, i).has_value(); });
    ReadAll(packet, [&](size_t i) { return NackAt(packet, i).has_value(); });
    ReadAll(packet, [&](size_t i) { return ReportBlockAt(packet, i).has_value(); });
    if (auto feedback = TransportFeedback::Of(packet)) {
      size_t told = 0;
      const size_t count = feedback->count();
      for (TransportFeedback::Status status; feedback->Next(status);) told += 1;
      Require(told == count);
    }
  }
  Require(size <= data.size());
}

}  // namespace fuzz
