#include "media/reception/direct_reception.h"

#include "media/reception/repair_packet.h"

namespace media {
namespace {

// RFC 5761 §4: the types of RTCP, without their first bit, are no payload types.
bool IsRtcp(Bytes datagram) {
  const int type = datagram.size() < 2 ? 0 : datagram[1] & 0x7F;
  return type >= 64 && type <= 95;
}

}  // namespace

// What begins with the DTLS association and ends with it. Guarded by the reception.
struct DirectReception::Association {
  explicit Association(const ReceptionStart& start)
      : rtcp(start.rtcp), rtp(start.master), reports(start.master), feedback(start.ssrc, start.cname) {}

  const std::shared_ptr<RtcpSink> rtcp;
  SrtpUnprotector rtp;
  SrtcpUnprotector reports;
  ReceptionFeedback feedback;
};

DirectReception::DirectReception(const PeerOptions& options, std::shared_ptr<PeerCore> core,
                                 std::shared_ptr<Counters> counters)
    : formats_(FormatsOf(options.tracks)), core_(std::move(core)), counters_(std::move(counters)) {}

DirectReception::~DirectReception() = default;

bool DirectReception::IsMedia(Bytes datagram) noexcept { return !datagram.empty() && datagram[0] >> 6 == 2; }

void DirectReception::Start(const ReceptionStart& start) {
  const std::lock_guard lock(mutex_);
  if (!association_ && !closed_) association_ = std::make_unique<Association>(start);
}

void DirectReception::OnDatagram(std::span<uint8_t> datagram, int64_t now_ns) noexcept {
  if (IsRtcp(datagram)) {
    OnRtcp(datagram, now_ns);
  } else {
    OnRtp(datagram, now_ns);
  }
}

void DirectReception::OnRtp(std::span<uint8_t> datagram, int64_t now_ns) noexcept {
  Outcome outcome;
  {
    const std::lock_guard lock(mutex_);
    if (!association_) return;
    outcome.packet = Accept(datagram, now_ns);
    TellDue(now_ns, outcome);
  }
  Act(outcome, now_ns);
}

void DirectReception::OnRtcp(std::span<uint8_t> datagram, int64_t now_ns) noexcept {
  Outcome outcome;
  Bytes compound;
  {
    const std::lock_guard lock(mutex_);
    if (!association_) return;
    const size_t size = association_->reports.Unprotect(datagram);
    if (!CountAuthentic(size, now_ns)) return;
    if (!compounds_.Take(size, now_ns)) {
      counters_->dropped.rate.Add();
      return;
    }
    compound = datagram.first(size);
    RtcpReader reader(compound);
    for (RtcpPacket packet; reader.Next(packet);) {
      if (const auto report = AsSenderReport(packet)) association_->feedback.OnSenderReport(*report, now_ns);
    }
    TellDue(now_ns, outcome);
  }
  core_->OnRtcp(compound, now_ns);
  Act(outcome, now_ns);
}

bool DirectReception::CountAuthentic(size_t size, int64_t now_ns) noexcept {
  if (size == 0) {
    counters_->dropped.unauthentic.Add();
  } else {
    last_ns_.store(now_ns, std::memory_order_relaxed);
  }
  return size > 0;
}

Bytes DirectReception::Accept(std::span<uint8_t> datagram, int64_t now_ns) noexcept {
  const size_t size = association_->rtp.Unprotect(datagram);
  if (!CountAuthentic(size, now_ns)) return {};
  const std::span<uint8_t> packet = datagram.first(size);
  const auto rtp = ParseRtp(packet);
  const ReceivedFormat* const format = rtp ? FindFormat(formats_, rtp->payload_type) : nullptr;
  // The ingest says what is wrong with it.
  if (format == nullptr) return packet;
  ReceptionFeedback& feedback = association_->feedback;
  const auto transport_cc = FindExtension(*rtp, format->transport_cc);
  if (transport_cc && transport_cc->size() >= 2) feedback.OnTransport(rtp->ssrc, ReadU16(transport_cc->data()), now_ns);
  if (format->is_repair) return Restore(packet, *rtp, *format, now_ns);
  feedback.OnPacket(*rtp, *format, now_ns);
  return packet;
}

Bytes DirectReception::Restore(std::span<uint8_t> packet, const RtpView& repair, const ReceivedFormat& format,
                               int64_t now_ns) noexcept {
  const auto sequence = OriginalSequence(repair);
  if (!sequence) return {};
  const auto ssrc = core_->ingest().FindRepaired(repair);
  if (!ssrc) {
    counters_->dropped.unknown_ssrc.Add();
    return {};
  }
  association_->feedback.OnRepaired(*ssrc, *sequence, now_ns);
  return RestoreOriginal(packet, repair, *ssrc, format.repairs);
}

void DirectReception::TellDue(int64_t now_ns, Outcome& outcome) noexcept {
  outcome.report_size = association_->feedback.Due(now_ns, outcome.report, outcome.given_up);
  if (outcome.report_size > 0) outcome.rtcp = association_->rtcp;
}

// Forwarded first: others wait for it.
void DirectReception::Act(const Outcome& outcome, int64_t now_ns) noexcept {
  if (!outcome.packet.empty()) core_->ingest().OnRtp(outcome.packet, now_ns);
  if (outcome.report_size > 0) outcome.rtcp->SendRtcp(Bytes(outcome.report).first(outcome.report_size));
  for (const auto& [ssrc, sequence] : outcome.given_up) core_->ingest().OnLost(ssrc, sequence, now_ns);
}

ReceptionFigures DirectReception::Figures() {
  const std::lock_guard lock(mutex_);
  return association_ ? association_->feedback.Figures() : last_figures_;
}

void DirectReception::Close() noexcept {
  std::unique_ptr<Association> association;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  if (association_) last_figures_ = association_->feedback.Figures();
  association = std::move(association_);
}

}  // namespace media
