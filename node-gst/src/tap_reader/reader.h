// Reads a tap and feeds appsrcs: the other end of media::Tap, in another process.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "tap_reader/event.h"
#include "tap_reader/frame_reader.h"
#include "tap_reader/pen.h"
#include "tap_reader/stream.h"

namespace tap_reader {

// TapReaderStats of tap.d.ts.
struct ReaderStats {
  uint64_t frames = 0;
  uint64_t bytes = 0;
  uint64_t malformed = 0;
  uint64_t unknown = 0;
  bool blocked = false;
  std::optional<int64_t> newest_unix_ns;
  std::vector<std::pair<uint32_t, FeedStats>> streams;
};

//   socket ─► FrameReader ─► Stream by SSRC ─► Sink          SSRC not named yet ─► Pen
//
// Where a sink is full nothing more is read, for any stream: the queue of the tap on the other side has the bound and
// counts what it drops, so that nothing grows here.
//
// Threads: the methods on the JS thread; one thread of its own reads and pushes. `mutex_` guards everything but the
// descriptors; the reader's thread holds it for some frames at a time, never while it waits. The listener is called and
// sinks are pushed into under it: they must not call back.
class Reader {
 public:
  // Takes `fd` over. Throws std::system_error.
  Reader(int fd, const ReaderOptions& options, Listener listener);
  // As Close().
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Idempotent. Throws std::system_error.
  void Start();
  // False where the SSRC is tracked already.
  bool Track(const StreamOptions& options, std::shared_ptr<Sink> sink, std::optional<int64_t> origin_ns);
  // Both: false where the SSRC is not tracked.
  bool SwitchTo(uint32_t ssrc, std::shared_ptr<Sink> sink, SwitchAt at, std::optional<int64_t> origin_ns);
  bool Untrack(uint32_t ssrc);
  ReaderStats Stats();
  // Ends the thread, wherever it waits, and waits for it; lets go of the sinks; closes the descriptor. Idempotent.
  void Close() noexcept;

 private:
  enum class Input : uint8_t { kSome, kNone, kEnd };
  enum class Taken : uint8_t { kSome, kAll, kFull };
  enum class Woken : uint8_t { kInput, kCall, kTimeout };

  void Run() noexcept;
  // Pushes everything there is. False where a sink is full.
  bool Push(bool ended);
  // Some whole frames out of the buffer.
  Taken TakeFrames();
  Input Read();
  void Idle();
  void Wake() noexcept;
  // Until there is input (-1: of nothing), or a call, or so long (-1: for ever).
  Woken Wait(int input_fd, int timeout_ms) noexcept;

  // With the lock held. All three: false where a sink is full.
  bool OnFrame(Bytes frame);
  bool AdvanceAll();
  // Everything that is held back, at the end.
  bool FlushAll();
  // Null where there is none.
  Stream* Find(uint32_t ssrc);

  const int fd_;
  // -1 once closed; changed when the thread has gone.
  int wake_fd_;
  const ReaderOptions options_;
  const Listener listener_;
  std::atomic<bool> stop_{false};
  std::thread thread_;

  std::mutex mutex_;
  bool closed_ = false;
  bool finished_ = false;
  FrameReader frames_;
  Pen pen_;
  std::map<uint32_t, std::unique_ptr<Stream>> streams_;
  ReaderStats stats_;
  // The newest capture time seen, or what it would be now where nothing comes.
  std::optional<int64_t> clock_ns_;
  // Where the clock was when all streams were looked at.
  int64_t advanced_ns_ = 0;
  // When the clock was set, by ours.
  int64_t clock_set_ns_ = 0;
};

}  // namespace tap_reader
