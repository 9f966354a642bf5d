// A peer without a webrtcbin, for tests: packets are pushed in and taken out as bytes, time is given by hand.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "media/clock.h"
#include "media/egress.h"
#include "media/keyframe_sink.h"
#include "media/peer_core.h"
#include "media/rtp.h"

namespace media {

// Stands still but for what it is told. Any thread.
class HarnessClock : public Clock {
 public:
  int64_t Now() const noexcept override { return now_ns_.load(std::memory_order_relaxed); }
  void Set(int64_t now_ns) noexcept { now_ns_.store(now_ns, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> now_ns_{0};
};

// A list that any thread appends to and any thread takes. `mutex_` guards it for the length of one call.
template <class T>
class Collected {
 public:
  void Add(T item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
  }
  std::vector<T> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(items_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<T> items_;
};

struct CapturedPacket {
  uint32_t mline = 0;
  int64_t capture_ns = 0;
  std::vector<uint8_t> bytes;
};

class CaptureEgress : public Egress, public Collected<CapturedPacket> {
 public:
  bool Send(const OutPacket& packet) noexcept override;
};

class CaptureKeyframeSink : public KeyframeSink, public Collected<uint32_t> {
 public:
  void RequestKeyframe(uint32_t ssrc, uint8_t payload_type) noexcept override { Add(ssrc); }
};

// Packets made from one, received on a thread of their own: sequence numbers count up by one from it.
struct Flood {
  std::vector<uint8_t> packet;
  uint32_t count = 0;
  uint32_t timestamp_step = 0;
  int64_t now_ns = 0;
  int64_t interval_ns = 0;
};

// JS thread, but for the floods' threads, which are joined by JoinFloods() and by the destructor.
class Harness {
 public:
  explicit Harness(const PeerOptions& options);
  ~Harness();
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;

  PeerCore& core() { return *core_; }
  CaptureEgress& egress() { return *egress_; }
  CaptureKeyframeSink& keyframes() { return *keyframes_; }
  // The verdict of the last packet or report received on the JS thread.
  bool ran_on() const { return ran_on_; }

  void ReceiveRtp(Bytes packet, int64_t now_ns);
  void ReceiveRtcp(Bytes compound, int64_t now_ns);
  // `flood.packet` is at least an RTP header.
  void StartFlood(Flood flood);
  void JoinFloods();

 private:
  const std::shared_ptr<HarnessClock> clock_ = std::make_shared<HarnessClock>();
  const std::shared_ptr<CaptureEgress> egress_ = std::make_shared<CaptureEgress>();
  const std::shared_ptr<CaptureKeyframeSink> keyframes_ = std::make_shared<CaptureKeyframeSink>();
  const std::shared_ptr<PeerCore> core_;
  std::vector<std::thread> floods_;
  bool ran_on_ = false;
};

}  // namespace media
