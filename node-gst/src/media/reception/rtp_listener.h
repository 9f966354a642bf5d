// Which socket a peer's RTP and RTCP come in on.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "media/clock.h"
#include "media/reception/rtp_port.h"

namespace media {

class DirectReception;

// Follows the ICE pair: the RTP and RTCP of the selected one's socket are read by ReceiveThreads. What comes in elsewhere, and where
// the kernel refuses, goes the way of everything else, through libnice.
//
// Threads: any. `mutex_` guards the port, and is held while it is opened.
class RtpListener {
 public:
  RtpListener(std::shared_ptr<DirectReception> reception, std::shared_ptr<const Clock> clock)
      : reception_(std::move(reception)), clock_(std::move(clock)) {}
  ~RtpListener() { Close(); }
  RtpListener(const RtpListener&) = delete;
  RtpListener& operator=(const RtpListener&) = delete;

  // `fd` is the socket of the pair; -1 where it has none of its own.
  void Follow(int fd) noexcept;
  bool has_port() noexcept;
  // Why the socket followed last has no port beside it; empty where it has one, or there is no such socket.
  std::string refusal();
  // Idempotent.
  void Close() noexcept;

 private:
  void Leave() noexcept;

  const std::shared_ptr<DirectReception> reception_;
  const std::shared_ptr<const Clock> clock_;

  std::mutex mutex_;
  bool closed_ = false;
  std::shared_ptr<RtpPort> port_;
  uint64_t id_ = 0;
  std::string refusal_;
};

}  // namespace media
