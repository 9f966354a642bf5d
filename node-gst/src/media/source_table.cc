#include "media/source_table.h"

#include <algorithm>
#include <string_view>

#include "media/track.h"

namespace media {
namespace {

std::string_view AsText(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

SourceTable::SourceTable(const std::vector<std::shared_ptr<Track>>& tracks, std::shared_ptr<Counters> counters)
    : counters_(std::move(counters)) {
  sections_.reserve(tracks.size());
  for (const auto& track : tracks) sections_.push_back(Section{.track = track});
  sources_.reserve(tracks.size() * kMaxSourcesPerSection);
  repairs_.reserve(tracks.size() * kMaxSourcesPerSection);
}

Source* SourceTable::Find(uint32_t ssrc) noexcept {
  const size_t count = sources_.size();
  for (size_t i = 0; i < count; ++i) {
    const size_t at = last_hit_ + i < count ? last_hit_ + i : last_hit_ + i - count;
    if (sources_[at].ssrc == ssrc) {
      last_hit_ = at;
      return &sources_[at];
    }
  }
  return nullptr;
}

Source* SourceTable::Accept(const RtpView& packet, int64_t now_ns, Place& place) noexcept {
  place = {};
  Source* source = Find(packet.ssrc);
  if (source == nullptr) {
    source = Learn(packet);
    if (source == nullptr) return nullptr;
  }
  Section& section = SectionOf(*source);
  if (packet.payload_type != section.track->options().payload_type) return Drop(counters_->dropped.payload_type);

  const int index = static_cast<int>(source - sources_.data());
  if (section.active != index) {
    if (!TakesOver(*source, now_ns)) return Drop(counters_->dropped.second_source);
    section.active = index;
    source->any = false;
    source->said_bye = false;
    place.takes_over = true;
  }
  source->last_arrival_ns = now_ns;
  if (!FollowsOn(*source, packet.sequence, place)) return Drop(counters_->dropped.late);
  if (place.takes_over) section.epoch += 1;
  return source;
}

// RFC 8843 §9.2: the mid the packet carries, the announced SSRCs, a payload type that only one section has.
int SourceTable::FindSection(const RtpView& packet) const noexcept {
  bool named = false;
  const int by_mid = FindSectionByMid(packet, named);
  if (named) return by_mid;
  int by_payload_type = -1;
  int candidates = 0;
  for (size_t i = 0; i < sections_.size(); ++i) {
    const TrackOptions& options = sections_[i].track->options();
    if (std::find(options.ssrcs.begin(), options.ssrcs.end(), packet.ssrc) != options.ssrcs.end()) {
      return static_cast<int>(i);
    }
    if (options.payload_type == packet.payload_type) {
      by_payload_type = static_cast<int>(i);
      candidates += 1;
    }
  }
  return candidates == 1 ? by_payload_type : -1;
}

int SourceTable::FindSectionByMid(const RtpView& packet, bool& named) const noexcept {
  for (size_t i = 0; i < sections_.size(); ++i) {
    const TrackOptions& options = sections_[i].track->options();
    const auto mid = FindExtension(packet, options.extensions.mid);
    if (!mid || mid->empty()) continue;
    named = true;
    if (AsText(*mid) == options.mid) return static_cast<int>(i);
  }
  return -1;
}

std::optional<uint32_t> SourceTable::FindRepaired(const RtpView& packet) noexcept {
  const int section = FindRepairedSection(packet);
  if (section < 0) return std::nullopt;
  const int active = sections_[static_cast<size_t>(section)].active;
  return active < 0 ? std::nullopt : std::optional(sources_[static_cast<size_t>(active)].ssrc);
}

// As for the streams themselves; where a mid named it once, its SSRC is remembered.
int SourceTable::FindRepairedSection(const RtpView& packet) noexcept {
  bool named = false;
  const int by_mid = FindSectionByMid(packet, named);
  const auto known = std::find_if(repairs_.begin(), repairs_.end(), [&](const Repair& r) { return r.ssrc == packet.ssrc; });
  if (named) {
    const bool has_room = repairs_.size() < sections_.size() * kMaxSourcesPerSection;
    if (by_mid >= 0 && known == repairs_.end() && has_room) repairs_.push_back({packet.ssrc, static_cast<uint16_t>(by_mid)});
    return by_mid;
  }
  if (known != repairs_.end()) return known->section;
  int by_payload_type = -1;
  int candidates = 0;
  for (size_t i = 0; i < sections_.size(); ++i) {
    const auto& repair = sections_[i].track->options().repair;
    if (!repair) continue;
    if (std::find(repair->ssrcs.begin(), repair->ssrcs.end(), packet.ssrc) != repair->ssrcs.end()) return static_cast<int>(i);
    if (repair->payload_type != packet.payload_type) continue;
    by_payload_type = static_cast<int>(i);
    candidates += 1;
  }
  return candidates == 1 ? by_payload_type : -1;
}

Source* SourceTable::Learn(const RtpView& packet) noexcept {
  const int index = FindSection(packet);
  if (index < 0) return Drop(counters_->dropped.unknown_ssrc);
  Section& section = sections_[static_cast<size_t>(index)];
  const TrackOptions& options = section.track->options();
  // Checked before the stream takes one of the section's places.
  if (packet.payload_type != options.payload_type) return Drop(counters_->dropped.payload_type);
  if (section.sources == kMaxSourcesPerSection) return Drop(counters_->dropped.ssrc_limit);
  section.sources += 1;
  sources_.emplace_back(packet.ssrc, static_cast<uint16_t>(index), options.clock_rate);
  last_hit_ = sources_.size() - 1;
  return &sources_.back();
}

bool SourceTable::TakesOver(const Source& source, int64_t now_ns) noexcept {
  const Section& section = SectionOf(source);
  if (section.active < 0) return true;
  const Source& active = sources_[static_cast<size_t>(section.active)];
  return active.said_bye || now_ns - active.last_arrival_ns >= kTakeoverSilenceNs;
}

bool SourceTable::FollowsOn(Source& source, uint16_t sequence, Place& place) noexcept {
  const int ahead = static_cast<int16_t>(sequence - source.highest);
  const bool near = !source.any || (ahead > -kMaxSequenceJump && ahead < kMaxSequenceJump);
  const bool restarts = !near && source.jumped && sequence == source.expected_after_jump;
  if (!near && !restarts) {
    source.jumped = true;
    source.expected_after_jump = static_cast<uint16_t>(sequence + 1);
    return false;
  }
  place.takes_over = place.takes_over || restarts;
  place.newest = !source.any || restarts || ahead >= 0;
  if (place.newest) source.highest = sequence;
  source.any = true;
  source.jumped = false;
  return true;
}

Source* SourceTable::Drop(Counter& counter) noexcept {
  counter.Add();
  return nullptr;
}

void SourceTable::OnReport(const SenderReport& report, int64_t now_ns) noexcept {
  Source* const source = Find(report.ssrc);
  // A sender without a wall clock reports 0 (RFC 3550 §6.4.1).
  if (source == nullptr || report.ntp_ns == 0) return;
  const int64_t set_by = device_.OnReport(report.ntp_ns, now_ns);
  if (set_by != 0) {
    for (Source& other : sources_) other.clock.Shift(set_by);
  }
  source->clock.OnReport(report);
}

void SourceTable::OnBye(uint32_t ssrc) noexcept {
  Source* const source = Find(ssrc);
  if (source != nullptr) source->said_bye = true;
}

}  // namespace media
