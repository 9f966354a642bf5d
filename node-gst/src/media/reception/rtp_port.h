// A socket for the RTP and RTCP alone of a UDP port that is somebody else's, who goes on reading the rest.
#pragma once
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace media {

// What several datagrams are read into. Large: one per thread that reads.
class DatagramBatch {
 public:
  // No datagram of media is larger.
  static constexpr size_t kMaxSize = 2048;
  static constexpr size_t kCount = 16;

  DatagramBatch() noexcept;
  DatagramBatch(const DatagramBatch&) = delete;
  DatagramBatch& operator=(const DatagramBatch&) = delete;

  // Reads what waits, without waiting; returns how many.
  size_t Read(int fd) noexcept;
  // The n-th that was read; empty where it was larger than media is.
  std::span<uint8_t> At(size_t index) noexcept;

 private:
  std::array<iovec, kCount> vectors_;
  std::array<mmsghdr, kCount> messages_;
  std::array<std::array<uint8_t, kMaxSize>, kCount> bytes_;
};

// The kernel divides what comes in on the port (SO_REUSEPORT with a filter): (S)RTP and (S)RTCP go to this socket, all else
// to the other one. When this is closed, everything goes there again.
//
// Threads: any, but one at a time reads.
class RtpPort {
 public:
  // `fd`: a bound UDP socket of this process. It is left as it is, but that others of this user may share its port. Throws
  // std::system_error where the kernel refuses.
  explicit RtpPort(int fd);
  ~RtpPort();
  RtpPort(const RtpPort&) = delete;
  RtpPort& operator=(const RtpPort&) = delete;

  int fd() const noexcept { return fd_; }
  // Whether this is for the port of that socket.
  bool IsBeside(int fd) const noexcept;

 private:
  int fd_ = -1;
  sockaddr_storage address_{};
  socklen_t address_size_ = 0;
};

}  // namespace media
