#include "media/reception/rtp_port.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace media {
namespace {

// Of the group of sockets that share the port: the one that was there first, and this one.
constexpr uint32_t kOther = 0;
constexpr uint32_t kThis = 1;

// A key frame at once, and what comes while the thread is busy. The kernel takes as much of it as it allows.
constexpr int kReceiveBuffer = 1 << 20;

// RFC 7983 §7: (S)RTP and (S)RTCP begin with a byte from 128 to 191. The filter sees the payload of UDP; where that is
// empty, the result is 0.
constexpr sock_filter kFilter[] = {
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 128, 0, 2),
    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 191, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, kThis),
    BPF_STMT(BPF_RET | BPF_K, kOther),
};

[[noreturn]] void Fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void SetOption(int fd, int option, const void* value, size_t size, const char* name) {
  if (setsockopt(fd, SOL_SOCKET, option, value, static_cast<socklen_t>(size)) != 0) Fail(name);
}

// Only sockets that agree on this share a port (as one group).
void CopyV6Only(int from, int to) {
  int only = 0;
  socklen_t size = sizeof only;
  if (getsockopt(from, IPPROTO_IPV6, IPV6_V6ONLY, &only, &size) != 0) Fail("IPV6_V6ONLY");
  if (setsockopt(to, IPPROTO_IPV6, IPV6_V6ONLY, &only, size) != 0) Fail("IPV6_V6ONLY");
}

void Share(int fd) {
  const int on = 1;
  SetOption(fd, SO_REUSEPORT, &on, sizeof on, "SO_REUSEPORT");
}

socklen_t AddressOf(int fd, sockaddr_storage& address) {
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) Fail("getsockname");
  return size;
}

// Closes what was opened, unless it is let go.
struct Opened {
  int fd;
  ~Opened() {
    if (fd >= 0) close(fd);
  }
  int Release() { return std::exchange(fd, -1); }
};

}  // namespace

DatagramBatch::DatagramBatch() noexcept {
  for (size_t i = 0; i < kCount; ++i) {
    vectors_[i] = {bytes_[i].data(), kMaxSize};
    messages_[i] = {};
    messages_[i].msg_hdr.msg_iov = &vectors_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

size_t DatagramBatch::Read(int fd) noexcept {
  const int count = recvmmsg(fd, messages_.data(), kCount, MSG_DONTWAIT, nullptr);
  return count > 0 ? static_cast<size_t>(count) : 0;
}

std::span<uint8_t> DatagramBatch::At(size_t index) noexcept {
  const mmsghdr& message = messages_[index];
  if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0) return {};
  return std::span(bytes_[index]).first(message.msg_len);
}

RtpPort::RtpPort(int fd) {
  address_size_ = AddressOf(fd, address_);
  Share(fd);
  Opened opened{socket(address_.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (opened.fd < 0) Fail("socket");
  if (address_.ss_family == AF_INET6) CopyV6Only(fd, opened.fd);
  Share(opened.fd);
  SetOption(opened.fd, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer, "SO_RCVBUF");
  if (bind(opened.fd, reinterpret_cast<const sockaddr*>(&address_), address_size_) != 0) Fail("bind");
  const sock_fprog filter{std::size(kFilter), const_cast<sock_filter*>(kFilter)};
  // By the other socket: the kernel refuses where the two share nothing.
  SetOption(fd, SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof filter, "SO_ATTACH_REUSEPORT_CBPF");
  fd_ = opened.Release();
}

RtpPort::~RtpPort() { close(fd_); }

bool RtpPort::IsBeside(int fd) const noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return false;
  return size == address_size_ && std::memcmp(&address, &address_, size) == 0;
}

}  // namespace media
