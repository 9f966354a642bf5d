#include "media/tap/tap.h"

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "media/slot.h"
#include "media/tap/tap_egress.h"
#include "media/tap/tap_writer.h"

namespace media {

Tap::Tap(size_t max_bytes, int64_t unix_offset_ns) : unix_offset_ns_(unix_offset_ns) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  reader_fd_ = ends[1];
  try {
    stream_ = std::make_shared<TapStream>(ends[0], max_bytes);
    TapWriter::Instance().Add(stream_);
    egress_ = std::make_shared<TapEgress>(stream_, unix_offset_ns);
  } catch (...) {
    Spawned();
    if (!stream_) ::close(ends[0]);
    throw;
  }
}

Tap::~Tap() { Close(); }

int Tap::TakeReaderFd() noexcept { return std::exchange(reader_fd_, -1); }

void Tap::Spawned() noexcept {
  const int fd = TakeReaderFd();
  if (fd >= 0) ::close(fd);
}

std::shared_ptr<Slot> Tap::AddSlot(const TapSlotOptions& options) {
  SlotOptions slot;
  slot.mline = next_mline_++;
  slot.kind = options.kind;
  slot.codec = options.codec;
  slot.payload_type = options.payload_type;
  slot.clock_rate = options.clock_rate;
  slot.ssrc = options.ssrc;
  slot.extensions.ntp64 = kTapNtp64Id;
  // A slot of a closed tap is closed: no route fills it.
  const auto made = std::make_shared<Slot>(slot, egress_, counters_);
  if (egress_) {
    made->Attach();
    slots_.push_back(made);
  } else {
    made->Close();
  }
  return made;
}

void Tap::RemoveSlot(const std::shared_ptr<Slot>& slot) noexcept {
  if (std::erase(slots_, slot) > 0) slot->Close();
}

void Tap::Close() noexcept {
  for (const auto& slot : slots_) slot->Close();
  slots_.clear();
  egress_ = nullptr;
  stream_->Close();
  Spawned();
}

}  // namespace media
