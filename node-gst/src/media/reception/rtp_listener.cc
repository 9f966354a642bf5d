#include "media/reception/rtp_listener.h"

#include <exception>

#include "media/reception/receive_threads.h"

namespace media {

void RtpListener::Follow(int fd) noexcept {
  const std::lock_guard lock(mutex_);
  if (closed_ || (port_ && fd >= 0 && port_->IsBeside(fd))) return;
  Leave();
  refusal_.clear();
  if (fd < 0) return;
  try {
    auto port = std::make_shared<RtpPort>(fd);
    id_ = ReceiveThreads::Instance().Add(port, reception_, clock_);
    port_ = std::move(port);
  } catch (const std::exception& error) {
    // Out of descriptors, or a kernel without: libnice reads on.
    refusal_ = error.what();
  }
}

bool RtpListener::has_port() noexcept {
  const std::lock_guard lock(mutex_);
  return port_ != nullptr;
}

std::string RtpListener::refusal() {
  const std::lock_guard lock(mutex_);
  return refusal_;
}

void RtpListener::Close() noexcept {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  Leave();
}

void RtpListener::Leave() noexcept {
  if (port_) ReceiveThreads::Instance().Remove(id_);
  port_.reset();
}

}  // namespace media
