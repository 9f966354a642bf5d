#pragma once

#include <gst/gst.h>

#include <bitset>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

namespace media {

// The number of an SCTP association, of which the process has one with each number (gst_sctp_association_get). webrtcbin
// draws it at random. Of two with the same number the second does not start, and the task of its sctpenc, which starts
// all the same, is never told to stop: whoever gives up the last reference waits for good (1.22). So numbers are lent
// here, each to one peer at a time.
//
// Threads: any. The lock is held for the search only.
class AssociationNumber {
 public:
  // Nothing where all are lent.
  static std::shared_ptr<const AssociationNumber> Lend() {
    std::lock_guard lock(Mutex());
    for (size_t tried = 0; tried < kNumbers; ++tried) {
      next_ = (next_ + 1) % kNumbers;
      if (lent_[next_]) continue;
      lent_[next_] = true;
      return std::shared_ptr<const AssociationNumber>(new AssociationNumber(static_cast<guint>(next_)));
    }
    return nullptr;
  }

  ~AssociationNumber() {
    std::lock_guard lock(Mutex());
    lent_[value_] = false;
  }
  AssociationNumber(const AssociationNumber&) = delete;
  AssociationNumber& operator=(const AssociationNumber&) = delete;

  guint value() const { return value_; }

 private:
  static constexpr size_t kNumbers = 1 << 16;

  explicit AssociationNumber(guint value) : value_(value) {}

  static std::mutex& Mutex() {
    static std::mutex mutex;
    return mutex;
  }

  static inline std::bitset<kNumbers> lent_;
  static inline size_t next_ = 0;

  const guint value_;
};

}  // namespace media
