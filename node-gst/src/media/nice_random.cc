// Where libnice gets its random numbers: transaction ids, user fragments and passwords (RFC 8489 §6, RFC 8445 §5.3). It asks
// GnuTLS, which makes a generator for each thread that asks and keeps it when the thread has ended, for ever: 0.4 kB for each
// connection, in blocks that each keep a page from being given back. This addon brings libnice with it, so the loader looks
// here first, for libnice and for what that brings along, GnuTLS itself; nobody else in the process finds this.
#include <sys/random.h>

#include <cerrno>
#include <cstddef>

namespace {

constexpr int kSuccess = 0;
// GNUTLS_E_RANDOM_FAILED
constexpr int kRandomFailed = -206;

}  // namespace

// As <gnutls/crypto.h> declares it; of all levels the kernel's numbers are good enough. Any thread.
extern "C" __attribute__((visibility("default"))) int gnutls_rnd(int, void* data, size_t size) {
  auto* bytes = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t drawn = getrandom(bytes, size, 0);
    if (drawn < 0 && errno != EINTR) return kRandomFailed;
    if (drawn < 0) continue;
    bytes += drawn;
    size -= static_cast<size_t>(drawn);
  }
  return kSuccess;
}
