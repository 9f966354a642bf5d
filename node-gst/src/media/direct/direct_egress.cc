#include "media/direct/direct_egress.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace media {
namespace {

// Below 32768, as for every SRTP stream: it leaves no doubt about the rollover count (RFC 3711 §3.3.1).
uint16_t FirstSequence() { return static_cast<uint16_t>(std::random_device{}() & 0x7FFF); }

std::vector<uint32_t> AllSsrcs(const std::vector<SlotOptions>& slots, const std::vector<Repair>& repairs) {
  std::vector<uint32_t> ssrcs;
  for (const SlotOptions& slot : slots) ssrcs.push_back(slot.ssrc);
  for (const Repair& repair : repairs) ssrcs.push_back(repair.ssrc);
  return ssrcs;
}

}  // namespace

// What begins with the DTLS association and ends with it. Guarded by the egress.
class DirectEgress::Association {
 public:
  Association(const std::vector<SlotOptions>& slots, const DirectStart& start);

  const std::shared_ptr<Transport>& transport() const { return transport_; }
  ReportBuilder& reports() { return reports_; }
  ReceiverFigures Figures(int64_t now_ns) noexcept;

  // Returns the size of what is to be sent; 0 where nothing is.
  size_t Encrypt(const OutPacket& packet, int64_t now_ns, Outbox::Buffer buffer) noexcept;
  // Whatever of a compound's requests is granted.
  void Answer(Bytes compound, int64_t now_ns, Outbox& outbox) noexcept;

 private:
  struct Slot {
    SrtpProtector::Stream* stream;
    std::optional<Retransmitter> retransmitter;
    SrtpProtector::Stream* repair_stream = nullptr;
    // Where the transport-wide number lies in its packets; 0: nowhere.
    size_t transport_cc_at = 0;
  };

  Slot* Find(uint32_t mline) noexcept;
  size_t Resend(Slot& slot, uint16_t sequence, int64_t now_ns, Outbox::Buffer buffer) noexcept;
  void Number(const Slot& slot, Outbox::Buffer buffer, size_t size, int64_t now_ns) noexcept;

  const std::shared_ptr<Transport> transport_;
  SrtpProtector protector_;
  ReportBuilder reports_;
  FeedbackReader feedback_;
  // In the order of the options.
  std::vector<Slot> slots_;
  // Their sections. Apart, for whoever looks through the slots themselves finds none of them in a cache.
  std::vector<uint32_t> mlines_;
  uint16_t transport_sequence_ = 0;
  uint64_t resent_ = 0;
};

DirectEgress::Association::Association(const std::vector<SlotOptions>& slots, const DirectStart& start)
    : transport_(start.transport),
      protector_(start.master, AllSsrcs(slots, start.repairs)),
      reports_(slots, start.cname, start.unix_offset_ns),
      feedback_(slots, start.unix_offset_ns) {
  feedback_.SetRepairs(start.repairs);
  for (const SlotOptions& options : slots) {
    mlines_.push_back(options.mline);
    Slot slot{protector_.Find(options.ssrc), {}};
    if (options.nack) slot.retransmitter.emplace(FirstSequence());
    slots_.push_back(std::move(slot));
  }
  for (const Repair& repair : start.repairs) {
    Slot* const slot = Find(repair.mline);
    if (slot == nullptr || !slot->retransmitter) continue;
    slot->repair_stream = protector_.Find(repair.ssrc);
    slot->retransmitter->SetRepair(repair.ssrc, repair.payload_type);
    reports_.SetRepair(static_cast<size_t>(slot - slots_.data()), repair.ssrc);
  }
}

size_t DirectEgress::Association::Encrypt(const OutPacket& packet, int64_t now_ns, Outbox::Buffer buffer) noexcept {
  Slot* const slot = Find(packet.mline);
  const size_t size = packet.size();
  if (slot == nullptr || size + kSrtpTagSize > buffer.size()) return 0;
  std::memcpy(buffer.data(), packet.head.data(), packet.head_size);
  std::memcpy(buffer.data() + packet.head_size, packet.payload, packet.payload_size);
  slot->transport_cc_at = packet.transport_cc_at;
  Number(*slot, buffer, size + kSrtpTagSize, now_ns);

  const uint16_t sequence = ReadU16(&buffer[2]);
  const uint32_t timestamp = ReadU32(&buffer[4]);
  const bool keeps_plain = slot->retransmitter && slot->retransmitter->has_repair();
  if (keeps_plain) slot->retransmitter->Remember(sequence, Bytes(buffer).first(size), now_ns);
  const size_t encrypted = protector_.Protect(*slot->stream, buffer, size);
  if (encrypted == 0) return 0;
  if (slot->retransmitter && !keeps_plain) {
    slot->retransmitter->Remember(sequence, Bytes(buffer).first(encrypted), now_ns);
  }
  const auto index = static_cast<size_t>(slot - slots_.data());
  reports_.OnSent(index, timestamp, packet.payload_size, packet.timestamp_ns, now_ns);
  return encrypted;
}

void DirectEgress::Association::Answer(Bytes compound, int64_t now_ns, Outbox& outbox) noexcept {
  feedback_.Read(compound, now_ns, [&](size_t index, uint16_t sequence) {
    // Whoever misses more asks again.
    if (outbox.room() == 0) return;
    const size_t size = Resend(slots_[index], sequence, now_ns, outbox.Next());
    if (size == 0) return;
    outbox.Add(size);
    resent_ += 1;
  });
  for (Slot& slot : slots_) {
    if (slot.retransmitter) slot.retransmitter->SetRtt(feedback_.rtt_ns());
  }
}

size_t DirectEgress::Association::Resend(Slot& slot, uint16_t sequence, int64_t now_ns,
                                         Outbox::Buffer buffer) noexcept {
  if (!slot.retransmitter) return 0;
  const size_t size = slot.retransmitter->Answer(sequence, now_ns, buffer.first(buffer.size() - kSrtpTagSize));
  // What was remembered encrypted goes out as it was.
  if (size == 0 || !slot.retransmitter->has_repair()) return size;
  Number(slot, buffer, size + kSrtpTagSize, now_ns);
  return protector_.Protect(*slot.repair_stream, buffer, size);
}

ReceiverFigures DirectEgress::Association::Figures(int64_t now_ns) noexcept {
  ReceiverFigures figures = feedback_.Figures(now_ns);
  figures.resent = resent_;
  return figures;
}

// Every packet of a transport that has room for the number gets the next one, whatever its stream.
void DirectEgress::Association::Number(const Slot& slot, Outbox::Buffer buffer, size_t size, int64_t now_ns) noexcept {
  if (slot.transport_cc_at == 0) return;
  WriteU16(&buffer[slot.transport_cc_at], transport_sequence_);
  feedback_.OnTransportSent(transport_sequence_++, size, now_ns);
}

DirectEgress::Association::Slot* DirectEgress::Association::Find(uint32_t mline) noexcept {
  const auto found = std::find(mlines_.begin(), mlines_.end(), mline);
  return found == mlines_.end() ? nullptr : &slots_[static_cast<size_t>(found - mlines_.begin())];
}

DirectEgress::DirectEgress(std::vector<SlotOptions> slots, std::shared_ptr<const Clock> clock)
    : slots_(std::move(slots)), clock_(std::move(clock)) {}

DirectEgress::~DirectEgress() = default;

void DirectEgress::Start(const DirectStart& start) {
  const std::lock_guard lock(mutex_);
  if (!association_ && !closed_) association_ = std::make_unique<Association>(slots_, start);
}

Taken DirectEgress::SendAll(std::span<const OutPacket> packets) noexcept {
  const int64_t now = clock_->Now();
  // Leaves behind the lock.
  SendBurst burst;
  Taken taken;
  ReportBuffer report;
  size_t report_size = 0;
  std::shared_ptr<Transport> transport;
  {
    const auto lock = LockWithRoom(packets.size());
    if (!association_) return taken;
    Outbox& outbox = boxes_[filling_];
    for (const OutPacket& packet : packets) {
      const size_t size = association_->Encrypt(packet, now, outbox.Next());
      if (size == 0) continue;
      outbox.Add(size);
      taken.Add(packet);
    }
    report_size = association_->reports().Due(now, report);
    if (report_size > 0) transport = association_->transport();
  }
  if (taken.packets > 0) burst.Add(shared_from_this());
  if (transport) transport->SendRtcp(Bytes(report).first(report_size));
  return taken;
}

std::unique_lock<std::mutex> DirectEgress::LockWithRoom(size_t count) noexcept {
  std::unique_lock lock(mutex_);
  while (association_ && boxes_[filling_].room() < count) {
    lock.unlock();
    Flush();
    lock.lock();
  }
  return lock;
}

void DirectEgress::Flush() noexcept {
  const std::lock_guard turn(send_mutex_);
  std::shared_ptr<Transport> transport;
  Outbox* full = nullptr;
  {
    const std::lock_guard lock(mutex_);
    full = &boxes_[filling_];
    if (!association_ || full->empty()) return;
    transport = association_->transport();
    filling_ = 1 - filling_;
  }
  full->Leave([&](std::span<const Bytes> packets) { transport->SendRtp(packets); });
}

void DirectEgress::OnRtcp(Bytes compound, int64_t now_ns) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (!association_) return;
    association_->Answer(compound, now_ns, boxes_[filling_]);
  }
  Flush();
}

void DirectEgress::SendBye() noexcept {
  ReportBuffer report;
  size_t size = 0;
  std::shared_ptr<Transport> transport;
  {
    const std::lock_guard lock(mutex_);
    if (!association_) return;
    size = association_->reports().Bye(report);
    transport = association_->transport();
  }
  if (size > 0) transport->SendRtcp(Bytes(report).first(size));
}

ReceiverFigures DirectEgress::Figures() noexcept {
  const int64_t now = clock_->Now();
  const std::lock_guard lock(mutex_);
  return association_ ? association_->Figures(now) : last_figures_;
}

void DirectEgress::Close() noexcept {
  std::unique_ptr<Association> association;
  const int64_t now = clock_->Now();
  const std::lock_guard lock(mutex_);
  closed_ = true;
  if (association_) last_figures_ = association_->Figures(now);
  association = std::move(association_);
}

}  // namespace media
