#include "media/reception/receive_threads.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "media/direct/send_burst.h"
#include "media/reception/direct_reception.h"

namespace media {
namespace {

constexpr size_t kEvents = 64;

int MakeEpoll() {
  const int fd = epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll");
  return fd;
}

}  // namespace

ReceiveThreads& ReceiveThreads::Instance() {
  static ReceiveThreads* const threads = new ReceiveThreads;
  return *threads;
}

uint64_t ReceiveThreads::Add(std::shared_ptr<RtpPort> port, std::shared_ptr<DirectReception> reception,
                             std::shared_ptr<const Clock> clock) {
  const int fd = port->fd();
  const std::lock_guard lock(mutex_);
  if (stopped_) return 0;
  if (workers_.empty()) StartWorkers();
  const uint64_t id = ++last_id_;
  sources_.emplace(id, std::make_shared<const Source>(Source{std::move(port), std::move(reception), std::move(clock)}));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = id;
  if (epoll_ctl(WorkerOf(id).epoll, EPOLL_CTL_ADD, fd, &event) == 0) return id;
  const int error = errno;
  sources_.erase(id);
  throw std::system_error(error, std::generic_category(), "epoll_ctl");
}

void ReceiveThreads::Remove(uint64_t id) noexcept {
  // Closed behind the lock: an epoll forgets a socket with its last descriptor.
  std::shared_ptr<const Source> source;
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(id);
  if (found == sources_.end()) return;
  epoll_ctl(WorkerOf(id).epoll, EPOLL_CTL_DEL, found->second->port->fd(), nullptr);
  source = std::move(found->second);
  sources_.erase(found);
}

void ReceiveThreads::Stop() noexcept {
  decltype(sources_) sources;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    sources.swap(sources_);
  }
  for (const auto& worker : workers_) const std::lock_guard busy(worker->busy);
}

void ReceiveThreads::StartWorkers() {
  const unsigned count = std::clamp(std::thread::hardware_concurrency(), 1u, kMost);
  for (unsigned i = 0; i < count; ++i) {
    auto worker = std::make_unique<Worker>();
    worker->epoll = MakeEpoll();
    std::thread([this, &each = *worker] { Run(each); }).detach();
    workers_.push_back(std::move(worker));
  }
}

void ReceiveThreads::Run(Worker& worker) noexcept {
  pthread_setname_np(pthread_self(), "receive");
  const auto batch = std::make_unique<DatagramBatch>();
  std::array<epoll_event, kEvents> events;
  while (true) {
    const int count = epoll_wait(worker.epoll, events.data(), kEvents, -1);
    const std::lock_guard busy(worker.busy);
    const SendBurst burst;
    for (int i = 0; i < count; ++i) Receive(events[static_cast<size_t>(i)].data.u64, *batch);
  }
}

void ReceiveThreads::Receive(uint64_t id, DatagramBatch& batch) noexcept {
  const auto source = Find(id);
  if (!source) return;
  const size_t count = batch.Read(source->port->fd());
  const int64_t now = source->clock->Now();
  for (size_t i = 0; i < count; ++i) {
    const std::span<uint8_t> datagram = batch.At(i);
    // What came before the filter was there may be anything; whoever sent it does so again.
    if (DirectReception::IsMedia(datagram)) source->reception->OnDatagram(datagram, now);
  }
}

std::shared_ptr<const ReceiveThreads::Source> ReceiveThreads::Find(uint64_t id) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(id);
  return found == sources_.end() ? nullptr : found->second;
}

}  // namespace media
