// Compound RTCP (RFC 3550 §6) and the two key frame requests (RFC 4585 §6.3.1, RFC 5104 §4.3.1) as they lie in memory.
// Pure functions over bytes; no threads, no allocation.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "media/rtp.h"

namespace media {

// One packet of a compound; `body` is what follows the four-byte header, without padding.
struct RtcpPacket {
  static constexpr uint8_t kSenderReport = 200;
  static constexpr uint8_t kReceiverReport = 201;
  static constexpr uint8_t kDescription = 202;
  static constexpr uint8_t kBye = 203;
  static constexpr uint8_t kTransportFeedback = 205;
  static constexpr uint8_t kPayloadFeedback = 206;
  static constexpr uint8_t kPli = 1;
  static constexpr uint8_t kFir = 4;

  uint8_t type = 0;
  // Report count, source count or feedback message type, whichever the type has.
  uint8_t count = 0;
  Bytes body;
};

// Walks a compound. Ends at the first packet that is no RTCP or does not fit; what came before it stands.
class RtcpReader {
 public:
  explicit RtcpReader(Bytes compound) noexcept : rest_(compound) {}
  bool Next(RtcpPacket& out) noexcept;

 private:
  Bytes rest_;
};

struct SenderReport {
  uint32_t ssrc = 0;
  // Nanoseconds since 1900 on the sender's wall clock.
  int64_t ntp_ns = 0;
  uint32_t rtp_timestamp = 0;
  // The middle 32 bits of the NTP time as they were written: how reports name this one.
  uint32_t ntp_middle = 0;
};

std::optional<SenderReport> AsSenderReport(const RtcpPacket& packet) noexcept;

// The stream a PLI asks a key frame of; nothing where the packet is no PLI.
std::optional<uint32_t> AsPli(const RtcpPacket& packet) noexcept;

// A compound that asks the sender of `media` for a key frame: the report that every compound begins with, empty, and
// the PLI. `sender` is an SSRC of ours.
using PliCompound = std::array<uint8_t, 20>;
PliCompound MakePli(uint32_t sender, uint32_t media) noexcept;

struct FirEntry {
  uint32_t ssrc = 0;
  // A request that is repeated carries the same number (RFC 5104 §4.3.1.1).
  uint8_t sequence = 0;
};

// The n-th entry of a FIR; nothing where the packet is none or has no such entry.
std::optional<FirEntry> FirAt(const RtcpPacket& packet, size_t index) noexcept;

// The n-th source of a BYE; nothing where the packet is none or has no such source.
std::optional<uint32_t> ByeAt(const RtcpPacket& packet, size_t index) noexcept;

}  // namespace media
