// The head of a slot's packets: RTP header, one CSRC, and the header extensions negotiated with this receiver.
#pragma once
#include <array>
#include <cstdint>

#include "media/options.h"

namespace media {

// Immutable after construction, so safe on every thread.
class HeadBuilder {
 public:
  // Room for every extension with a mid of kMaxMidSize bytes in the two-byte form.
  static constexpr size_t kMaxSize = 144;
  // Where the eight bytes of ntp-64 lie in the one-byte form: in front of all others. Whoever sends fills them in.
  static constexpr size_t kNtp64At = 21;

  struct Fields {
    bool marker = false;
    uint16_t sequence = 0;
    uint32_t timestamp = 0;
    uint32_t csrc = 0;
    // -1: none.
    int16_t audio_level = -1;
  };

  explicit HeadBuilder(const SlotOptions& options);

  // Where the two bytes of the transport-wide number lie; 0 where there are none.
  size_t transport_cc_at() const { return plain_.transport_cc_at; }

  // Writes at most kMaxSize bytes; returns how many.
  size_t Write(const Fields& fields, uint8_t* head) const noexcept;

 private:
  struct Template {
    std::array<uint8_t, kMaxSize> bytes{};
    size_t size = 0;
    // Offset of the level byte; 0 where there is none.
    size_t level_at = 0;
    size_t transport_cc_at = 0;
  };

  static Template Build(const SlotOptions& options, bool with_level);

  const Template plain_;
  const Template with_level_;
};

}  // namespace media
