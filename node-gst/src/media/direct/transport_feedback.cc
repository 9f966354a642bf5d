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

// 1 and 2 are the size of the arrival time that follows. 3 is not used, and no arrival.
bool IsArrival(uint16_t status) { return status == 1 || status == 2; }

// How many bytes of chunks tell of `count` packets; nothing where all of them do not.
std::optional<size_t> Covering(Bytes chunks, uint16_t count) {
  uint32_t covered = 0;
  size_t size = 0;
  for (; covered < count; size += kChunk) {
    if (size + kChunk > chunks.size()) return std::nullopt;
    covered += StatusesIn(ReadU16(&chunks[size]));
  }
  return size;
}

}  // namespace

std::optional<TransportFeedback> TransportFeedback::Of(const RtcpPacket& packet) noexcept {
  if (packet.type != RtcpPacket::kTransportFeedback || packet.count != kTransportWideFeedback) return std::nullopt;
  if (packet.body.size() < kHead) return std::nullopt;
  const uint16_t count = ReadU16(&packet.body[10]);
  const Bytes rest = packet.body.subspan(kHead);
  const auto chunks = Covering(rest, count);
  if (!chunks) return std::nullopt;
  const uint32_t reference = ReadU32(&packet.body[12]) >> 8;
  return TransportFeedback(rest.first(*chunks), rest.subspan(*chunks), reference, ReadU16(&packet.body[8]), count);
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
  const uint16_t symbol = Symbol();
  out.received = IsArrival(symbol);
  out.timed = false;
  if (out.received) ReadTime(symbol, out);
  return true;
}

uint16_t TransportFeedback::Symbol() const noexcept {
  if (IsRun(chunk_)) return chunk_ >> 13 & 3;
  if (HasTwoBits(chunk_)) return chunk_ >> (2 * in_chunk_) & 3;
  return chunk_ >> in_chunk_ & 1;
}

// Each time is told since the one before: one byte where it is short, two with a sign.
void TransportFeedback::ReadTime(uint16_t size, Status& out) noexcept {
  if (deltas_.size() < size) {
    deltas_ = {};
    return;
  }
  ticks_ += size == 1 ? int64_t{deltas_[0]} : int64_t{static_cast<int16_t>(ReadU16(deltas_.data()))};
  deltas_ = deltas_.subspan(size);
  out.timed = true;
  out.ticks = ticks_;
}

}  // namespace media
