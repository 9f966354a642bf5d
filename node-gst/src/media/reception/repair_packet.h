// A publisher's resends in a stream of their own (RTX, RFC 4588 §4). Pure functions over bytes.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "media/rtp.h"

namespace media {

// The number that the packet had first; nothing where `repair`, parsed, carries none: padding, by which browsers look
// for the bandwidth they have.
std::optional<uint16_t> OriginalSequence(const RtpView& repair) noexcept;

// Makes of a packet of a stream of resends the one it repeats, in place: of the stream `ssrc`. `repair` is the packet,
// parsed, and has a number. Returns where it lies then, two bytes further on.
std::span<uint8_t> RestoreOriginal(std::span<uint8_t> packet, const RtpView& repair, uint32_t ssrc, uint8_t payload_type) noexcept;

}  // namespace media
