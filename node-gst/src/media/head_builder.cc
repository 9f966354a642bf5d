#include "media/head_builder.h"

#include <cstring>

#include "media/ntp.h"

namespace media {
namespace {

constexpr size_t kHeaderWithCsrc = 16;
constexpr size_t kExtensionHeader = 4;
constexpr uint8_t kMaxOneByteId = 14;
constexpr size_t kMaxOneByteSize = 16;
constexpr size_t kLevelSize = 1;
constexpr size_t kTransportCcSize = 2;
static_assert(HeadBuilder::kNtp64At == kHeaderWithCsrc + kExtensionHeader + 1);

// Appends elements in one of the two forms of RFC 8285.
class ElementWriter {
 public:
  ElementWriter(uint8_t* bytes, size_t at, bool one_byte) : bytes_(bytes), at_(at), one_byte_(one_byte) {}

  // Returns the offset of the element's data.
  size_t Add(uint8_t id, const void* data, size_t size) {
    if (one_byte_) {
      bytes_[at_++] = static_cast<uint8_t>(id << 4 | (size - 1));
    } else {
      bytes_[at_++] = id;
      bytes_[at_++] = static_cast<uint8_t>(size);
    }
    if (data != nullptr) std::memcpy(bytes_ + at_, data, size);
    at_ += size;
    return at_ - size;
  }

  size_t at() const { return at_; }

 private:
  uint8_t* const bytes_;
  size_t at_;
  const bool one_byte_;
};

bool FitsOneByte(const SlotOptions& options) {
  const ExtensionIds& ids = options.extensions;
  return ids.mid <= kMaxOneByteId && ids.audio_level <= kMaxOneByteId && ids.transport_cc <= kMaxOneByteId &&
         ids.ntp64 <= kMaxOneByteId && (ids.mid == 0 || options.mid.size() <= kMaxOneByteSize);
}

}  // namespace

HeadBuilder::HeadBuilder(const SlotOptions& options)
    : plain_(Build(options, false)), with_level_(Build(options, true)) {}

HeadBuilder::Template HeadBuilder::Build(const SlotOptions& options, bool with_level) {
  const ExtensionIds& ids = options.extensions;
  Template result;
  uint8_t* const bytes = result.bytes.data();
  bytes[0] = 0x81;  // version 2, one CSRC
  bytes[1] = options.payload_type;
  WriteU32(bytes + 8, options.ssrc);

  const bool one_byte = FitsOneByte(options);
  ElementWriter elements(bytes, kHeaderWithCsrc + kExtensionHeader, one_byte);
  if (ids.ntp64 != 0) elements.Add(ids.ntp64, nullptr, kNtp64Size);
  if (ids.mid != 0 && !options.mid.empty()) elements.Add(ids.mid, options.mid.data(), options.mid.size());
  // A place for the number that whoever sends on the transport fills in; in front of the level, which not every packet has.
  if (ids.transport_cc != 0) result.transport_cc_at = elements.Add(ids.transport_cc, nullptr, kTransportCcSize);
  if (with_level && ids.audio_level != 0) result.level_at = elements.Add(ids.audio_level, nullptr, kLevelSize);

  const size_t used = elements.at() - kHeaderWithCsrc - kExtensionHeader;
  if (used == 0) {
    result.size = kHeaderWithCsrc;
    return result;
  }
  const size_t words = (used + 3) / 4;
  bytes[0] |= 0x10;
  WriteU16(bytes + kHeaderWithCsrc, one_byte ? 0xBEDE : 0x1000);
  WriteU16(bytes + kHeaderWithCsrc + 2, static_cast<uint16_t>(words));
  result.size = kHeaderWithCsrc + kExtensionHeader + words * 4;
  return result;
}

size_t HeadBuilder::Write(const Fields& fields, uint8_t* head) const noexcept {
  const Template& from = fields.audio_level >= 0 ? with_level_ : plain_;
  std::memcpy(head, from.bytes.data(), from.size);
  if (fields.marker) head[1] |= 0x80;
  WriteU16(head + 2, fields.sequence);
  WriteU32(head + 4, fields.timestamp);
  WriteU32(head + 12, fields.csrc);
  if (from.level_at != 0) head[from.level_at] = static_cast<uint8_t>(fields.audio_level);
  return from.size;
}

}  // namespace media
