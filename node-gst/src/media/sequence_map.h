// Sequence numbers of a slot: continuous over switches, holes only where the publisher's packets were lost, and none
// twice (a repeated number under SRTP is an error at best and key stream reuse at worst).
#pragma once
#include <cstdint>

namespace media {

// Not thread-safe; guarded by its slot.
class SequenceMap {
 public:
  // How far back packets may come late.
  static constexpr uint32_t kWindow = 128;
  enum class Result : uint8_t { kNew, kDuplicate, kLate };

  // `first` is the first number sent.
  explicit SequenceMap(uint16_t first) : highest_out_(kEpoch + first - 1), floor_(highest_out_ + 1) {}

  // Another stream begins with the number `in`: it follows the highest sent, and nothing before it is ever sent.
  void Start(uint16_t in) noexcept;
  // Writes `out` where the packet is new.
  Result Map(uint16_t in, uint16_t& out) noexcept;

 private:
  // Keeps the 64-bit count away from zero, so that differences need no care.
  static constexpr uint64_t kEpoch = 1u << 17;

  void Advance(uint32_t by) noexcept;

  uint16_t highest_in_ = 0;
  uint64_t highest_out_;
  // The first number of the stream that is carried.
  uint64_t floor_;
  // Bit n: highest_out_ - n was sent. [0] holds bits 0..63.
  uint64_t sent_[2] = {0, 0};
};

}  // namespace media
