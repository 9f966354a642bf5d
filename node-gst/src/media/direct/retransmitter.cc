#include "media/direct/retransmitter.h"

#include <algorithm>
#include <cstring>

namespace media {
namespace {

// The original sequence number, in front of the payload.
constexpr size_t kOsn = 2;

}  // namespace

void Retransmitter::SetRepair(uint32_t ssrc, uint8_t payload_type) noexcept {
  ssrc_ = ssrc;
  payload_type_ = payload_type;
}

void Retransmitter::Remember(uint16_t sequence, Bytes packet, int64_t now_ns) noexcept {
  if (packet.empty() || packet.size() > kMaxPacketSize) return;
  history_.Put(sequence, packet, now_ns);
  allowance_ = std::min(allowance_ + static_cast<int64_t>(packet.size()) / kShare, kMaxBurstBytes);
}

size_t Retransmitter::Answer(uint16_t sequence, int64_t now_ns, std::span<uint8_t> out) noexcept {
  PacketHistory::Entry* const entry = history_.Find(sequence, now_ns);
  if (entry == nullptr || entry->size + kOsn > out.size() || entry->size > allowance_) return 0;
  if (entry->resent_ns != PacketHistory::kNever && now_ns - entry->resent_ns < pace_ns_) return 0;
  entry->resent_ns = now_ns;
  allowance_ -= entry->size;
  const Bytes packet = history_.BytesOf(*entry);
  if (has_repair()) return WriteRepair(sequence, packet, out);
  std::copy(packet.begin(), packet.end(), out.begin());
  return packet.size();
}

void Retransmitter::SetRtt(int64_t rtt_ns) noexcept {
  if (rtt_ns < 0) return;
  pace_ns_ = std::clamp(rtt_ns / kPaceDenominator * kPaceNumerator, kMinPaceNs, kMaxPaceNs);
  history_.SetAge(kTries * rtt_ns);
}

size_t Retransmitter::WriteRepair(uint16_t sequence, Bytes packet, std::span<uint8_t> out) noexcept {
  const auto rtp = ParseRtp(packet);
  if (!rtp) return 0;
  const size_t head = static_cast<size_t>(rtp->payload.data() - packet.data());
  std::memcpy(out.data(), packet.data(), head);
  out[1] = static_cast<uint8_t>((out[1] & 0x80) | payload_type_);
  WriteU16(&out[2], next_sequence_++);
  WriteU32(&out[8], ssrc_);
  WriteU16(&out[head], sequence);
  std::copy(rtp->payload.begin(), rtp->payload.end(), out.begin() + static_cast<std::ptrdiff_t>(head + kOsn));
  return head + kOsn + rtp->payload.size();
}

}  // namespace media
