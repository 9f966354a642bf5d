#include "tap_reader/stream_packet.h"

#include "media/h264.h"
#include "media/ntp.h"
#include "media/tap/tap_egress.h"
#include "media/vp8.h"

namespace tap_reader {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kUsualNs = 20 * kMs;
// A packet may not be longer (RFC 6716 §3.2.5).
constexpr int64_t kLongestNs = 120 * kMs;

int64_t FrameNs(uint8_t config) {
  constexpr int64_t kSilk[] = {10 * kMs, 20 * kMs, 40 * kMs, 60 * kMs};
  constexpr int64_t kHybrid[] = {10 * kMs, 20 * kMs};
  constexpr int64_t kCelt[] = {5 * kMs / 2, 5 * kMs, 10 * kMs, 20 * kMs};
  if (config < 12) return kSilk[config % 4];
  if (config < 16) return kHybrid[config % 2];
  return kCelt[config % 4];
}

int FrameCount(Bytes payload) {
  switch (payload[0] & 3) {
    case 0:
      return 1;
    case 3:
      return payload.size() > 1 ? payload[1] & 0x3F : 0;
    default:
      return 2;
  }
}

}  // namespace

std::optional<StreamPacket> ParseFrame(Bytes frame) {
  const auto rtp = media::ParseRtp(frame);
  if (!rtp) return std::nullopt;
  const auto time = media::FindExtension(*rtp, media::kTapNtp64Id);
  if (!time || time->size() != media::kNtp64Size) return std::nullopt;
  StreamPacket packet;
  packet.bytes.assign(frame.begin(), frame.end());
  packet.ssrc = rtp->ssrc;
  packet.sequence = rtp->sequence;
  packet.timestamp = rtp->timestamp;
  packet.payload_type = rtp->payload_type;
  packet.unix_ns = media::ReadNtp64(time->data());
  packet.payload_at = static_cast<size_t>(rtp->payload.data() - frame.data());
  packet.payload_size = rtp->payload.size();
  return packet;
}

bool StartsDecoding(media::Codec codec, Bytes payload) noexcept {
  switch (codec) {
    case media::Codec::kOpus:
      return true;
    case media::Codec::kVp8:
      return media::IsVp8Keyframe(payload, media::ParseVp8Descriptor(payload));
    case media::Codec::kH264:
      return media::IsH264Keyframe(payload);
  }
  return false;
}

int64_t OpusDurationNs(Bytes payload) noexcept {
  if (payload.empty()) return kUsualNs;
  const int64_t duration = FrameNs(payload[0] >> 3) * FrameCount(payload);
  return duration > 0 && duration <= kLongestNs ? duration : kUsualNs;
}

}  // namespace tap_reader
