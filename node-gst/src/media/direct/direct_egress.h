// The way out past webrtcbin: SRTP of our own, straight to the socket of the selected ICE pair.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "media/clock.h"
#include "media/direct/feedback_reader.h"
#include "media/direct/receiver_figures.h"
#include "media/direct/report_builder.h"
#include "media/direct/retransmitter.h"
#include "media/direct/outbox.h"
#include "media/direct/send_burst.h"
#include "media/direct/srtp_protector.h"
#include "media/direct/transport.h"
#include "media/egress.h"
#include "media/options.h"

namespace media {

// What of a peer's transport is known once DTLS is up.
struct DirectStart {
  std::shared_ptr<Transport> transport;
  SrtpMaster master;
  std::vector<Repair> repairs;
  // The name all streams of the peer's webrtcbin have in reports.
  std::string cname;
  // From the server's clock to nanoseconds since 1970.
  int64_t unix_offset_ns = 0;
};

//   slot ──► plaintext ──► transport-wide number ──► history ──► SRTP ──► Outbox ──► Transport ──► socket
//                                                  └─► sender report ──────────────────► Transport ──► webrtcbin's SRTCP
//
// Everything a peer is sent as RTP, retransmissions included, is encrypted here and nowhere else, and leaves in the order in
// which it was: of two threads that send to one peer the one that comes later takes along what the other has written.
//
// Threads: SendAll on the streaming threads of publishers, OnRtcp on that of the receiver, the rest on the JS thread.
// Locks: `mutex_` is held while the packets of one call are encrypted, never while something is sent. `send_mutex_` is taken
// before it, and held while what is written is sent.
class DirectEgress : public Egress, public Flushable, public std::enable_shared_from_this<DirectEgress> {
 public:
  DirectEgress(std::vector<SlotOptions> slots, std::shared_ptr<const Clock> clock);
  ~DirectEgress() override;

  // From now on packets are sent. Once; later calls change nothing: keys are those of one DTLS association.
  void Start(const DirectStart& start);

  bool Send(const OutPacket& packet) noexcept override { return SendAll({&packet, 1}).packets == 1; }
  Taken SendAll(std::span<const OutPacket> packets) noexcept override;
  bool GainsByBursts() const noexcept override { return true; }
  void OnRtcp(Bytes compound, int64_t now_ns) noexcept override;

  // Sends what was encrypted. Before Start and after Close there is nothing.
  void Flush() noexcept override;

  // Tells the receiver that nothing more comes, of any slot. Call while the transport is up.
  void SendBye() noexcept;
  // After Close as they were.
  ReceiverFigures Figures() noexcept override;

  // Forgets the keys; nothing is sent any more. Idempotent.
  void Close() noexcept override;

 private:
  class Association;
  static constexpr size_t kReportSize = 1200;
  using ReportBuffer = std::array<uint8_t, kReportSize>;

  // `mutex_`, with room for so many packets where any can be sent.
  std::unique_lock<std::mutex> LockWithRoom(size_t count) noexcept;

  const std::vector<SlotOptions> slots_;
  const std::shared_ptr<const Clock> clock_;

  std::mutex send_mutex_;

  std::mutex mutex_;
  // One is filled, the other leaves or is empty.
  std::array<Outbox, 2> boxes_;
  size_t filling_ = 0;
  // Null before Start and after Close.
  std::unique_ptr<Association> association_;
  bool closed_ = false;
  ReceiverFigures last_figures_;
};

}  // namespace media
