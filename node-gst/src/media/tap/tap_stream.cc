#include "media/tap/tap_stream.h"

#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <limits>

namespace media {
namespace {

constexpr size_t kLengthSize = 2;
// The head of an OutPacket with its length in front.
constexpr size_t kMaxFrame = std::numeric_limits<uint16_t>::max();

iovec ToIovec(Bytes piece) { return {const_cast<uint8_t*>(piece.data()), piece.size()}; }

}  // namespace

TapStream::TapStream(int fd, size_t capacity) : fd_(fd), ring_(capacity) {}

TapStream::~TapStream() {
  if (fd_ >= 0) ::close(fd_);
}

bool TapStream::Put(Bytes head, Bytes payload) noexcept {
  const size_t size = head.size() + payload.size() - kLengthSize;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    if (size <= kMaxFrame && ring_.Put(head, payload)) {
      counters_.packets.Add();
      counters_.bytes.Add(size);
      return true;
    }
  }
  counters_.overflow_packets.Add();
  counters_.overflow_bytes.Add(size);
  return false;
}

void TapStream::Close() noexcept {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

size_t TapStream::buffered() noexcept {
  const std::lock_guard lock(mutex_);
  return ring_.size();
}

TapStream::State TapStream::Write(int64_t now_ns) noexcept {
  while (fd_ >= 0) {
    FrameRing::Pieces pieces;
    bool closed = false;
    {
      const std::lock_guard lock(mutex_);
      pieces = ring_.Front();
      closed = closed_;
    }
    if (closed && give_up_ns_ == 0) give_up_ns_ = now_ns + kTapDrainNs;
    if (pieces.size() == 0 && !closed) return State::kWritten;
    if (pieces.size() == 0 || (closed && now_ns >= give_up_ns_)) break;

    size_t count = 0;
    switch (Send(pieces, count)) {
      case Sent::kFull:
        return State::kWaiting;
      case Sent::kFailed:
        broken_ = true;
        End();
        return State::kEnded;
      case Sent::kSome: {
        counters_.written.Add(count);
        const std::lock_guard lock(mutex_);
        ring_.Consume(count);
      }
    }
  }
  End();
  return State::kEnded;
}

TapStream::Sent TapStream::Send(const FrameRing::Pieces& pieces, size_t& count) noexcept {
  std::array<iovec, 2> parts{ToIovec(pieces.first), ToIovec(pieces.second)};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = pieces.second.empty() ? 1 : 2;
  // A reader that died is an error here, not a signal to the process.
  const ssize_t sent = ::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) {
    count = static_cast<size_t>(sent);
    return Sent::kSome;
  }
  switch (errno) {
    case EAGAIN:
    case ENOBUFS:
    case ENOMEM:
      return Sent::kFull;
    case EINTR:
      return Sent::kSome;
    default:
      return Sent::kFailed;
  }
}

void TapStream::Break() noexcept {
  broken_ = true;
  End();
}

void TapStream::End() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  ring_.Release();
}

}  // namespace media
