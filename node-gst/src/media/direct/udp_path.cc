#include "media/direct/udp_path.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace media {
namespace {

constexpr size_t kBatch = 64;
constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;

int Duplicate(int fd) {
  const int duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) throw std::system_error(errno, std::generic_category(), "dup");
  return duplicate;
}

socklen_t SizeOf(const sockaddr_storage& address) {
  return address.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

}  // namespace

UdpPath::UdpPath(int fd, const sockaddr_storage& remote) : fd_(Duplicate(fd)), remote_(remote) {}
UdpPath::~UdpPath() { close(fd_); }

// Sound comes one by one, and this call has less to copy.
size_t UdpPath::SendOne(Bytes datagram) const noexcept {
  const auto* const to = reinterpret_cast<const sockaddr*>(&remote_);
  ssize_t sent;
  do {
    sent = sendto(fd_, datagram.data(), datagram.size(), kFlags, to, SizeOf(remote_));
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? 0 : 1;
}

size_t UdpPath::Send(std::span<const Bytes> datagrams) const noexcept {
  if (datagrams.size() == 1) return SendOne(datagrams[0]);
  size_t taken = 0;
  while (!datagrams.empty()) {
    std::array<iovec, kBatch> vectors;
    std::array<mmsghdr, kBatch> messages;
    const size_t count = std::min(datagrams.size(), kBatch);
    for (size_t i = 0; i < count; ++i) {
      vectors[i] = {const_cast<uint8_t*>(datagrams[i].data()), datagrams[i].size()};
      messages[i] = {};
      messages[i].msg_hdr.msg_name = const_cast<sockaddr_storage*>(&remote_);
      messages[i].msg_hdr.msg_namelen = SizeOf(remote_);
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int sent = sendmmsg(fd_, messages.data(), static_cast<unsigned>(count), kFlags);
    if (sent < 0 && errno == EINTR) continue;
    taken += static_cast<size_t>(std::max(sent, 0));
    // What stands in the way of one need not stand in the way of the next, but where the buffer is full.
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)) break;
    datagrams = datagrams.subspan(static_cast<size_t>(std::max(sent, 1)));
  }
  return taken;
}

}  // namespace media
