// Which indices were used of each stream that a peer sends.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "media/direct/srtp_index.h"

namespace media {

// Not thread-safe.
class SrtpStreams {
 public:
  // As many streams as a peer can have, those of its resends included, several times over. Only its own, authentic
  // packets can fill this; more of its SSRCs are refused then.
  static constexpr size_t kMost = 256;

  // What was used of this one; of a new one nothing, which is remembered with the first Use. Null where there are too many.
  const SrtpIndex* Find(uint32_t ssrc) noexcept {
    for (size_t i = 0; i < streams_.size(); ++i) {
      const size_t at = last_hit_ + i < streams_.size() ? last_hit_ + i : last_hit_ + i - streams_.size();
      if (streams_[at].ssrc != ssrc) continue;
      last_hit_ = at;
      return &streams_[at].index;
    }
    return streams_.size() < kMost ? &kNew : nullptr;
  }

  // `index` is fresh, in what Find returned for this SSRC just now.
  void Use(uint32_t ssrc, uint64_t index) {
    if (last_hit_ >= streams_.size() || streams_[last_hit_].ssrc != ssrc) {
      last_hit_ = streams_.size();
      streams_.push_back({ssrc, {}});
    }
    streams_[last_hit_].index.Use(index);
  }

 private:
  struct Stream {
    uint32_t ssrc;
    SrtpIndex index;
  };
  static constexpr SrtpIndex kNew{};

  std::vector<Stream> streams_;
  // Where the last packet was found.
  size_t last_hit_ = 0;
};

}  // namespace media
