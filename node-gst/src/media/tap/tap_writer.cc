#include "media/tap/tap_writer.h"

#include <poll.h>
#include <pthread.h>

#include <thread>
#include <utility>

namespace media {
namespace {

using Streams = std::vector<std::shared_ptr<TapStream>>;

int64_t SteadyNow() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

// Writes all queues; `polls` gets one entry for each stream that goes on.
void WriteAll(Streams& streams, std::vector<pollfd>& polls) {
  polls.clear();
  const int64_t now_ns = SteadyNow();
  std::erase_if(streams, [&](const auto& stream) {
    const TapStream::State state = stream->Write(now_ns);
    if (state == TapStream::State::kEnded) return true;
    // Without an event asked for it still tells when the other side has gone.
    const short events = state == TapStream::State::kWaiting ? POLLOUT : 0;
    polls.push_back({stream->fd(), events, 0});
    return false;
  });
}

// Until the next look, or until a reader made room or has gone.
void Wait(const Streams& streams, std::vector<pollfd>& polls) {
  if (::poll(polls.data(), polls.size(), static_cast<int>(kTapWritePeriod.count())) <= 0) return;
  for (size_t i = 0; i < polls.size(); ++i) {
    if ((polls[i].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) streams[i]->Break();
  }
}

}  // namespace

TapWriter& TapWriter::Instance() {
  static TapWriter* const writer = new TapWriter;
  return *writer;
}

void TapWriter::Add(std::shared_ptr<TapStream> stream) {
  const std::lock_guard lock(mutex_);
  added_.push_back(std::move(stream));
  if (running_) return;
  try {
    std::thread([this] { Run(); }).detach();
  } catch (...) {
    added_.pop_back();
    throw;
  }
  running_ = true;
}

void TapWriter::Run() noexcept {
  pthread_setname_np(pthread_self(), "tap-writer");
  Streams streams;
  std::vector<pollfd> polls;
  while (TakeAdded(streams)) {
    WriteAll(streams, polls);
    Wait(streams, polls);
  }
}

bool TapWriter::TakeAdded(Streams& streams) noexcept {
  const std::lock_guard lock(mutex_);
  streams.insert(streams.end(), added_.begin(), added_.end());
  added_.clear();
  if (streams.empty()) running_ = false;
  return running_;
}

}  // namespace media
