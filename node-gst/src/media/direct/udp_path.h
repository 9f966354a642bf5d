// The UDP way to a peer: one local socket and one remote address.
#pragma once
#include <sys/socket.h>

#include <cstddef>
#include <span>

#include "media/rtp.h"

namespace media {

// Immutable but for the descriptor's state in the kernel.
//
// Ownership: of a duplicate of the descriptor, so that whoever made the socket may close his at any time: a number that
// was closed could come back as somebody else's socket.
//
// Threads: Send on any thread, on several at once.
class UdpPath {
 public:
  // Throws std::system_error where the process has no descriptor left.
  UdpPath(int fd, const sockaddr_storage& remote);
  ~UdpPath();
  UdpPath(const UdpPath&) = delete;
  UdpPath& operator=(const UdpPath&) = delete;

  // Never waits. Returns how many of them the kernel took; the others are lost, as on any way.
  size_t Send(std::span<const Bytes> datagrams) const noexcept;

 private:
  size_t SendOne(Bytes datagram) const noexcept;

  const int fd_;
  const sockaddr_storage remote_;
};

}  // namespace media
