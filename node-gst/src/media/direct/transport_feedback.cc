#include "media/direct/transport_feedback.h"

namespace media {
namespace {

// SSRCs, base sequence number, status count, reference time, feedback count.
constexpr size_t kHead = 16;
constexpr size_t kChunk = 2;
// Packets in a status vector, by the bits that each takes.
constexpr uint16_t kOneBitStatuses = 14;
constexpr uint16_t kTwoBitStatuses = 7;

bool IsRun(uint16_t chunk) { return (chunk & 0x8000) == 0; }
bool HasTwoBits(uint16_t chunk) { return (chunk & 0x4000) != 0; }

uint16_t StatusesIn(uint16_t chunk) {
  if (IsRun(chunk)) return chunk & 0x1FFF;
  return HasTwoBits(chunk) ? kTwoBitStatuses : kOneBitStatuses;
}

// Of two bits: 1 and 2 tell of the size of the arrival time that follows. 3 is not used, and no arrival.
bool IsArrival(uint16_t status) { return status == 1 || status == 2; }

bool Cover(Bytes chunks, uint16_t count) {
  uint32_t covered = 0;
  for (; covered < count && chunks.size() >= kChunk; chunks = chunks.subspan(kChunk)) {
    covered += StatusesIn(ReadU16(chunks.data()));
  }
  return covered >= count;
}

}  // namespace

std::optional<TransportFeedback> TransportFeedback::Of(const RtcpPacket& packet) noexcept {
  if (packet.type != RtcpPacket::kTransportFeedback || packet.count != kTransportWideFeedback) return std::nullopt;
  if (packet.body.size() < kHead) return std::nullopt;
  const uint16_t count = ReadU16(&packet.body[10]);
  const Bytes chunks = packet.body.subspan(kHead);
  if (!Cover(chunks, count)) return std::nullopt;
  return TransportFeedback(chunks, ReadU16(&packet.body[8]), count);
}

bool TransportFeedback::Next(Status& out) noexcept {
  if (left_ == 0) return false;
  while (in_chunk_ == 0) {
    chunk_ = ReadU16(chunks_.data());
    chunks_ = chunks_.subspan(kChunk);
    in_chunk_ = StatusesIn(chunk_);
  }
  in_chunk_ -= 1;
  left_ -= 1;
  out.sequence = sequence_++;
  if (IsRun(chunk_)) {
    out.received = IsArrival(chunk_ >> 13 & 3);
  } else if (HasTwoBits(chunk_)) {
    out.received = IsArrival(chunk_ >> (2 * in_chunk_) & 3);
  } else {
    out.received = (chunk_ >> in_chunk_ & 1) != 0;
  }
  return true;
}

}  // namespace media
