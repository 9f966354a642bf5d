#include "media/ingest.h"

#include "media/h264.h"
#include "media/rtcp.h"
#include "media/slot.h"
#include "media/track.h"

namespace media {
namespace {

void ReadPayload(Codec codec, MediaPacket& packet) {
  switch (codec) {
    case Codec::kOpus:
      break;
    case Codec::kVp8:
      packet.vp8 = ParseVp8Descriptor(packet.rtp.payload);
      packet.keyframe = IsVp8Keyframe(packet.rtp.payload, packet.vp8);
      break;
    case Codec::kH264:
      packet.keyframe = IsH264Keyframe(packet.rtp.payload);
      break;
  }
}

int16_t ReadLevel(const RtpView& packet, uint8_t id) {
  const auto level = FindExtension(packet, id);
  return level && !level->empty() ? int16_t{(*level)[0]} : int16_t{-1};
}

}  // namespace

Ingest::Ingest(uint32_t csrc, const RateOptions& rate, std::vector<std::shared_ptr<Track>> tracks, std::vector<std::shared_ptr<Slot>> slots,
               std::shared_ptr<Counters> counters)
    : csrc_(csrc), slots_(std::move(slots)), counters_(std::move(counters)), rate_(rate), sources_(tracks, counters_) {}

Verdict Ingest::OnRtp(Bytes bytes, int64_t now_ns) noexcept {
  const auto rtp = ParseRtp(bytes);
  if (!rtp) {
    counters_->dropped.malformed.Add();
    return Verdict::kDrop;
  }
  MediaPacket packet;
  packet.rtp = *rtp;
  packet.csrc = csrc_;
  packet.arrival_ns = now_ns;

  Track* track = nullptr;
  bool video = false;
  {
    const std::lock_guard lock(mutex_);
    if (!rate_.Take(bytes.size(), now_ns)) {
      counters_->dropped.rate.Add();
      return Verdict::kDrop;
    }
    SourceTable::Place place;
    Source* const source = sources_.Accept(packet.rtp, now_ns, place);
    if (source == nullptr) return Verdict::kDrop;
    const Section& section = sources_.SectionOf(*source);
    track = section.track.get();
    video = track->options().kind == Kind::kVideo;
    source->ran_on = video;
    packet.epoch = section.epoch;
    packet.newest = place.newest;
    packet.capture_ns = source->clock.Capture(packet.rtp.timestamp, now_ns, sources_.device());
    if (place.takes_over) track->SetSource(source->ssrc);
  }
  counters_->packets_in.Add();
  counters_->bytes_in.Add(bytes.size());
  ReadPayload(track->options().codec, packet);
  packet.audio_level = ReadLevel(packet.rtp, track->options().extensions.audio_level);
  track->Push(packet);
  return video ? Verdict::kRunOn : Verdict::kDrop;
}

void Ingest::OnRtcp(Bytes compound, int64_t now_ns) noexcept {
  RtcpReader reader(compound);
  for (RtcpPacket packet; reader.Next(packet);) {
    if (const auto report = AsSenderReport(packet)) {
      const std::lock_guard lock(mutex_);
      sources_.OnReport(*report, now_ns);
    } else if (const auto pli = AsPli(packet)) {
      if (Slot* const slot = FindSlot(*pli)) slot->OnPli(now_ns);
    } else if (packet.type == RtcpPacket::kBye) {
      const std::lock_guard lock(mutex_);
      for (size_t i = 0; const auto ssrc = ByeAt(packet, i); ++i) sources_.OnBye(*ssrc);
    } else {
      for (size_t i = 0; const auto entry = FirAt(packet, i); ++i) {
        if (Slot* const slot = FindSlot(entry->ssrc)) slot->OnFir(entry->sequence, now_ns);
      }
    }
  }
}

void Ingest::OnLost(uint32_t ssrc, uint16_t sequence, int64_t now_ns) noexcept {
  Track* track = nullptr;
  {
    const std::lock_guard lock(mutex_);
    Source* const source = sources_.Find(ssrc);
    // It gives up on packets, too, that it only expected, where pictures are few.
    if (source == nullptr || !source->any || static_cast<int16_t>(sequence - source->highest) >= 0) return;
    track = sources_.SectionOf(*source).track.get();
  }
  track->OnLost(now_ns);
}

std::optional<uint32_t> Ingest::FindRepaired(const RtpView& packet) noexcept {
  const std::lock_guard lock(mutex_);
  return sources_.FindRepaired(packet);
}

Verdict Ingest::OnSenderReport(Bytes compound) noexcept {
  RtcpReader reader(compound);
  RtcpPacket packet;
  if (!reader.Next(packet)) return Verdict::kDrop;
  const auto report = AsSenderReport(packet);
  if (!report) return Verdict::kDrop;
  const std::lock_guard lock(mutex_);
  const Source* const source = sources_.Find(report->ssrc);
  return source != nullptr && source->ran_on ? Verdict::kRunOn : Verdict::kDrop;
}

Slot* Ingest::FindSlot(uint32_t ssrc) const noexcept {
  for (const auto& slot : slots_) {
    if (slot->options().ssrc == ssrc) return slot.get();
  }
  return nullptr;
}

}  // namespace media
