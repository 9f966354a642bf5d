#include "tap_reader/reader.h"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace tap_reader {
namespace {

// How often a full sink is looked at: GStreamer tells nobody but the thread that takes.
constexpr int kRoomPeriodMs = 10;
// How often silence and patience are looked at where nothing comes.
constexpr int kIdlePeriodMs = 50;
// After so many frames whoever waits for the lock gets it.
constexpr int kFramesAtOnce = 64;
// How exactly streams follow the time.
constexpr int64_t kStepNs = 20'000'000;

int64_t SteadyNow() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

int OpenWake() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

}  // namespace

Reader::Reader(int fd, const ReaderOptions& options, Listener listener)
    : fd_(fd), wake_fd_(OpenWake()), options_(options), listener_(std::move(listener)) {
  // Read only where poll() promised something; a spurious promise must not block.
  ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

Reader::~Reader() { Close(); }

void Reader::Start() {
  const std::lock_guard lock(mutex_);
  if (closed_ || thread_.joinable()) return;
  thread_ = std::thread([this] { Run(); });
}

bool Reader::Track(const StreamOptions& options, std::shared_ptr<Sink> sink, std::optional<int64_t> origin_ns) {
  {
    const std::lock_guard lock(mutex_);
    if (streams_.contains(options.ssrc)) return false;
    if (closed_) return true;
    auto stream = std::make_unique<Stream>(options, options_, std::move(sink), origin_ns, listener_);
    for (StreamPacket& packet : pen_.Take(options.ssrc)) stream->Add(std::move(packet), *clock_ns_);
    streams_.emplace(options.ssrc, std::move(stream));
  }
  Wake();
  return true;
}

bool Reader::SwitchTo(uint32_t ssrc, std::shared_ptr<Sink> sink, SwitchAt at, std::optional<int64_t> origin_ns) {
  {
    const std::lock_guard lock(mutex_);
    Stream* const stream = Find(ssrc);
    if (stream == nullptr || stream->ending) return false;
    stream->SwitchTo(std::move(sink), at, origin_ns);
  }
  Wake();
  return true;
}

bool Reader::Untrack(uint32_t ssrc) {
  {
    const std::lock_guard lock(mutex_);
    Stream* const stream = Find(ssrc);
    if (stream == nullptr || stream->ending) return false;
    stream->ending = true;
    stream->Flush();
  }
  Wake();
  return true;
}

ReaderStats Reader::Stats() {
  const std::lock_guard lock(mutex_);
  ReaderStats stats = stats_;
  stats.newest_unix_ns = clock_ns_;
  stats.unknown = pen_.dropped() + pen_.size();
  for (const auto& [ssrc, stream] : streams_) stats.streams.emplace_back(ssrc, stream->stats());
  return stats;
}

void Reader::Close() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
  }
  stop_ = true;
  Wake();
  if (thread_.joinable()) thread_.join();
  ::close(fd_);
  ::close(std::exchange(wake_fd_, -1));
  const std::lock_guard lock(mutex_);
  streams_.clear();
}

void Reader::Run() noexcept {
  pthread_setname_np(pthread_self(), "tap-reader");
  bool ended = false;
  while (!stop_) {
    if (!Push(ended)) {
      Wait(-1, kRoomPeriodMs);
    } else if (ended) {
      // Somebody may still name an SSRC, or let go of one.
      Wait(-1, -1);
    } else {
      switch (Wait(fd_, kIdlePeriodMs)) {
        case Woken::kInput:
          ended = Read() == Input::kEnd;
          break;
        case Woken::kTimeout:
          Idle();
          break;
        case Woken::kCall:
          break;
      }
    }
  }
}

bool Reader::Push(bool ended) {
  Taken taken = Taken::kSome;
  {
    const std::lock_guard lock(mutex_);
    if (!AdvanceAll()) taken = Taken::kFull;
  }
  while (taken == Taken::kSome) taken = TakeFrames();
  const std::lock_guard lock(mutex_);
  stats_.blocked = taken == Taken::kFull || (ended && !FlushAll());
  return !stats_.blocked;
}

Reader::Taken Reader::TakeFrames() {
  const std::lock_guard lock(mutex_);
  for (int i = 0; i < kFramesAtOnce; ++i) {
    const auto frame = frames_.Next();
    if (!frame) return Taken::kAll;
    if (!OnFrame(*frame)) return Taken::kFull;
  }
  return Taken::kSome;
}

bool Reader::AdvanceAll() {
  if (clock_ns_) advanced_ns_ = *clock_ns_;
  bool pushed = true;
  std::erase_if(streams_, [&](const auto& entry) {
    Stream& stream = *entry.second;
    if (clock_ns_ && !stream.Advance(*clock_ns_)) {
      pushed = false;
    } else if (stream.ending) {
      stream.Release();
      return true;
    }
    return false;
  });
  return pushed;
}

bool Reader::OnFrame(Bytes frame) {
  stats_.frames += 1;
  stats_.bytes += frame.size();
  auto packet = ParseFrame(frame);
  if (!packet) {
    stats_.malformed += 1;
    return true;
  }
  clock_ns_ = std::max(clock_ns_.value_or(packet->unix_ns), packet->unix_ns);
  const uint32_t ssrc = packet->ssrc;
  Stream* const stream = Find(ssrc);
  if (stream == nullptr) {
    if (pen_.Add(std::move(*packet))) listener_({.type = Event::Type::kUnknown, .ssrc = ssrc});
    return true;
  }
  if (packet->payload_type != stream->payload_type()) {
    stats_.malformed += 1;
    return true;
  }
  stream->Add(std::move(*packet), *clock_ns_);
  // What the others wait for is a matter of time.
  return *clock_ns_ - advanced_ns_ >= kStepNs ? AdvanceAll() : stream->Advance(*clock_ns_);
}

bool Reader::FlushAll() {
  if (!finished_ && frames_.left_over() > 0) {
    stats_.malformed += 1;
    frames_ = {};
  }
  bool pushed = true;
  for (const auto& [ssrc, stream] : streams_) {
    if (!clock_ns_) break;
    stream->Flush();
    pushed &= stream->Advance(*clock_ns_) && stream->FillUp(*clock_ns_);
  }
  if (pushed && !std::exchange(finished_, true)) listener_({.type = Event::Type::kEnd});
  return pushed;
}

Stream* Reader::Find(uint32_t ssrc) {
  const auto found = streams_.find(ssrc);
  return found == streams_.end() ? nullptr : found->second.get();
}

Reader::Input Reader::Read() {
  const std::lock_guard lock(mutex_);
  const std::span<uint8_t> space = frames_.Space();
  const ssize_t count = ::read(fd_, space.data(), space.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return Input::kNone;
  if (count <= 0) return Input::kEnd;
  frames_.Filled(static_cast<size_t>(count));
  clock_set_ns_ = SteadyNow();
  return Input::kSome;
}

// The clock of the other side goes on though nothing comes from it, and not faster than ours.
void Reader::Idle() {
  const std::lock_guard lock(mutex_);
  const int64_t now_ns = SteadyNow();
  if (clock_ns_) *clock_ns_ += now_ns - clock_set_ns_;
  clock_set_ns_ = now_ns;
}

void Reader::Wake() noexcept {
  if (wake_fd_ < 0) return;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof one);
}

Reader::Woken Reader::Wait(int input_fd, int timeout_ms) noexcept {
  pollfd polls[] = {{wake_fd_, POLLIN, 0}, {input_fd, POLLIN, 0}};
  if (::poll(polls, 2, timeout_ms) == 0) return Woken::kTimeout;
  if (polls[0].revents != 0) {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t taken = ::read(wake_fd_, &count, sizeof count);
  }
  return polls[1].revents != 0 ? Woken::kInput : Woken::kCall;
}

}  // namespace tap_reader
