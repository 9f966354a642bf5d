// What a peer publishes and hears, as negotiated. Plain data.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace media {

enum class Kind : uint8_t { kAudio, kVideo };
enum class Codec : uint8_t { kOpus, kVp8, kH264 };

// Ids of header extensions; 0 where not negotiated.
struct ExtensionIds {
  uint8_t mid = 0;
  uint8_t audio_level = 0;
  uint8_t transport_cc = 0;
  // The capture time (RFC 6051 §3.3), for taps only.
  uint8_t ntp64 = 0;
};

struct SectionOptions {
  uint32_t mline = 0;
  std::string mid;
  Kind kind = Kind::kAudio;
  Codec codec = Codec::kOpus;
  uint8_t payload_type = 0;
  uint32_t clock_rate = 0;
  ExtensionIds extensions;
};

// The stream in which a publisher sends a section's lost packets again.
struct RepairFormat {
  uint8_t payload_type = 0;
  // Announced by a=ssrc-group:FID; may be empty.
  std::vector<uint32_t> ssrcs;
};

struct TrackOptions : SectionOptions {
  // Announced by a=ssrc; may be empty.
  std::vector<uint32_t> ssrcs;
  // The publisher sends again what it is asked for (generic NACK, RFC 4585).
  bool nack = false;
  // Where it does so in a stream of its own (RFC 4588).
  std::optional<RepairFormat> repair;
};

struct SlotOptions : SectionOptions {
  uint32_t ssrc = 0;
  // The receiver asks again for what is lost (generic NACK, RFC 4585).
  bool nack = false;
};

// The stream in which a slot's lost packets are sent again (RFC 4588), where one was negotiated.
struct Repair {
  uint32_t mline = 0;
  uint32_t ssrc = 0;
  uint8_t payload_type = 0;
};

// Per second, of everything a peer publishes; 0: no limit.
struct RateOptions {
  uint32_t packets = 0;
  uint32_t bytes = 0;
};

struct PeerOptions {
  uint32_t csrc = 0;
  RateOptions rate;
  std::vector<TrackOptions> tracks;
  std::vector<SlotOptions> slots;
};

// Longest mid in bytes: what the head of an OutPacket has room for.
inline constexpr size_t kMaxMidSize = 96;

}  // namespace media
