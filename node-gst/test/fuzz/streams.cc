#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "media/direct/feedback_reader.h"
#include "media/direct/srtp_protector.h"
#include "media/reception/srtp_unprotector.h"
#include "targets.h"

namespace fuzz {
namespace {

using namespace media;

constexpr int64_t kSecond = 1'000'000'000;
constexpr std::array<uint8_t, kSrtpMasterSize> kMaster = {1, 2, 3};
constexpr uint32_t kStreams[] = {1, 2};

SlotOptions Slot(uint32_t ssrc, Kind kind) {
  SlotOptions slot;
  slot.mline = ssrc;
  slot.kind = kind;
  slot.clock_rate = kind == Kind::kAudio ? 48'000 : 90'000;
  slot.ssrc = ssrc;
  return slot;
}

template <class Unprotector>
size_t Unprotect(Unprotector& unprotector, Bytes datagram) {
  // An allocation of exactly its size, so that one byte beyond is noticed.
  const std::unique_ptr<uint8_t[]> exact(new uint8_t[datagram.size()]);
  std::copy(datagram.begin(), datagram.end(), exact.get());
  return unprotector.Unprotect({exact.get(), datagram.size()});
}

}  // namespace

void Feedback(Bytes data) {
  FeedbackReader reader({Slot(1, Kind::kAudio), Slot(2, Kind::kVideo)}, 1'700'000'000 * kSecond);
  reader.SetRepairs({{.mline = 2, .ssrc = 3, .payload_type = 97}});
  int64_t now_ns = kSecond;
  for (uint32_t number = 0; number < 300; ++number) {
    reader.OnTransportSent(static_cast<uint16_t>(number * 7), 1200, now_ns);
  }
  while (!data.empty()) {
    const size_t size = std::min<size_t>(data[0] * 4u, data.size() - 1);
    size_t lost = 0;
    reader.Read(data.subspan(1, size), now_ns, [&](size_t slot, uint16_t) {
      Require(slot < 2);
      lost += 1;
    });
    Require(lost <= FeedbackReader::kMaxLost);
    const ReceiverFigures figures = reader.Figures(now_ns);
    Require(reader.rtt_ns() >= -1 && figures.receiver_limit >= -1);
    data = data.subspan(1 + size);
    now_ns += kSecond / 10;
  }
}

void Srtp(Bytes data) {
  SrtpUnprotector unprotector(kMaster);
  SrtcpUnprotector reports(kMaster);
  // Nobody guesses ten bytes of HMAC.
  Require(Unprotect(unprotector, data) == 0);
  Require(Unprotect(reports, data) == 0);
  SrtpProtector protector(kMaster, kStreams);
  std::vector<uint8_t> packet(data.begin(), data.end());
  packet.resize(data.size() + kSrtpTagSize);
  const size_t size = protector.Protect(packet, data.size());
  if (size == 0) return;
  Require(size == packet.size());
  std::vector<uint8_t> forged = packet;
  forged[data[data.size() / 2] % forged.size()] ^= 1;
  Require(Unprotect(unprotector, forged) == 0);
  Require(Unprotect(unprotector, Bytes(packet).first(packet.size() - 1)) == 0);
  Require(Unprotect(unprotector, packet) == data.size());
  // A replay.
  Require(Unprotect(unprotector, packet) == 0);
}

}  // namespace fuzz
