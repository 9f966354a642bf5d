// H.264 payloads (RFC 6184): only whether a decoder can start here. Pure functions.
#pragma once
#include "media/rtp.h"

namespace media {

// An SPS or an IDR slice, alone, in a STAP-A, or at the start of a FU-A. Encoders send the SPS in front of each IDR.
bool IsH264Keyframe(Bytes payload) noexcept;

}  // namespace media
