#include "media/harness.h"

namespace media {
namespace {

void RunFlood(Flood flood, const std::shared_ptr<PeerCore>& core, const std::shared_ptr<HarnessClock>& clock) {
  uint8_t* const header = flood.packet.data();
  uint16_t sequence = ReadU16(header + 2);
  uint32_t timestamp = ReadU32(header + 4);
  for (uint32_t i = 0; i < flood.count; ++i) {
    WriteU16(header + 2, sequence++);
    WriteU32(header + 4, timestamp);
    timestamp += flood.timestamp_step;
    clock->Set(flood.now_ns);
    core->ingest().OnRtp(flood.packet, flood.now_ns);
    flood.now_ns += flood.interval_ns;
  }
}

}  // namespace

bool CaptureEgress::Send(const OutPacket& packet) noexcept {
  CapturedPacket captured;
  captured.mline = packet.mline;
  captured.capture_ns = packet.capture_ns;
  captured.bytes.reserve(packet.size());
  captured.bytes.insert(captured.bytes.end(), packet.head.data(), packet.head.data() + packet.head_size);
  captured.bytes.insert(captured.bytes.end(), packet.payload, packet.payload + packet.payload_size);
  Add(std::move(captured));
  return true;
}

Harness::Harness(const PeerOptions& options)
    : core_(std::make_shared<PeerCore>(options, clock_, egress_, keyframes_)) {}

Harness::~Harness() {
  core_->Close();
  JoinFloods();
}

void Harness::ReceiveRtp(Bytes packet, int64_t now_ns) {
  clock_->Set(now_ns);
  ran_on_ = core_->ingest().OnRtp(packet, now_ns) == Verdict::kRunOn;
}

void Harness::ReceiveRtcp(Bytes compound, int64_t now_ns) {
  clock_->Set(now_ns);
  core_->OnRtcp(compound, now_ns);
  ran_on_ = core_->ingest().OnSenderReport(compound) == Verdict::kRunOn;
}

void Harness::StartFlood(Flood flood) {
  floods_.emplace_back([flood = std::move(flood), core = core_, clock = clock_] { RunFlood(flood, core, clock); });
}

void Harness::JoinFloods() {
  for (std::thread& flood : floods_) flood.join();
  floods_.clear();
}

}  // namespace media
