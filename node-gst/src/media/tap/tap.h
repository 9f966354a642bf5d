// A listener outside of the process: slots whose packets go to one reader over a local socket.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "media/counters.h"
#include "media/egress.h"
#include "media/options.h"
#include "media/tap/tap_stream.h"

namespace media {

class Slot;

struct TapSlotOptions {
  uint32_t ssrc = 0;
  Kind kind = Kind::kAudio;
  Codec codec = Codec::kOpus;
  uint8_t payload_type = 0;
  uint32_t clock_rate = 0;
};

//   track ─► slot ─► TapEgress ─► TapStream (bounded) ─► TapWriter's thread ─► socket ═► reader in another process
//
// Not to be confused with `Taps`, the probes inside of a webrtcbin.
//
// Ownership: the tap owns its slots and the reader's end until it is given away; the stream lives on with the writer
// until what waits is written. JS thread only; its slots may be used on any thread.
class Tap {
 public:
  // `max_bytes` bounds what waits; `unix_offset_ns` leads from the server's clock to nanoseconds since 1970. Throws
  // std::system_error.
  Tap(size_t max_bytes, int64_t unix_offset_ns);
  ~Tap();
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  // The reader's end, closed on exec; -1 once given away.
  int reader_fd() const { return reader_fd_; }
  // Gives it to the caller, who closes it.
  int TakeReaderFd() noexcept;
  // Closes our copy of the reader's end: only then the writer notices that the reader has gone. Idempotent.
  void Spawned() noexcept;

  int64_t unix_offset_ns() const { return unix_offset_ns_; }

  // A slot that sends from the first.
  std::shared_ptr<Slot> AddSlot(const TapSlotOptions& options);
  // A slot of somebody else is left alone.
  void RemoveSlot(const std::shared_ptr<Slot>& slot) noexcept;

  TapStream& stream() { return *stream_; }

  // Removes every slot; the reader sees the end when what waits was written. Idempotent.
  void Close() noexcept;

 private:
  const int64_t unix_offset_ns_;
  int reader_fd_ = -1;
  std::shared_ptr<TapStream> stream_;
  std::shared_ptr<Egress> egress_;
  const std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
  uint32_t next_mline_ = 0;
  std::vector<std::shared_ptr<Slot>> slots_;
};

}  // namespace media
