#include "tap_reader/silence.h"

#include "media/rtp.h"

namespace tap_reader {
namespace {

constexpr SilencePiece kPieces[] = {
    {20'000'000, 31 << 3},
    {10'000'000, 30 << 3},
    {5'000'000, 29 << 3},
    {2'500'000, 28 << 3},
};

}  // namespace

const SilencePiece kLongSilence = kPieces[0];

const SilencePiece* SilenceWithin(int64_t ns) noexcept {
  for (const SilencePiece& piece : kPieces) {
    if (piece.duration_ns <= ns) return &piece;
  }
  return nullptr;
}

std::vector<uint8_t> BuildSilence(const SilencePiece& piece, const RtpFields& fields) {
  std::vector<uint8_t> packet(15);
  packet[0] = 0x80;
  packet[1] = fields.payload_type;
  media::WriteU16(&packet[2], fields.sequence);
  media::WriteU32(&packet[4], fields.timestamp);
  media::WriteU32(&packet[8], fields.ssrc);
  packet[12] = piece.toc;
  packet[13] = 0xFF;
  packet[14] = 0xFE;
  return packet;
}

}  // namespace tap_reader
