#include "generic/state.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "generic/bus.h"
#include "generic/error.h"
#include "generic/in-flight.h"
#include "generic/pool.h"

namespace generic {

namespace {

// A state that is reached asynchronously is waited for, in slices so that a newer request is not kept waiting.
constexpr auto kAsyncLimit = std::chrono::seconds(5);
constexpr GstClockTime kSlice = 50 * GST_MSECOND;
// At the end of an environment.
constexpr size_t kStopThreads = 8;
constexpr auto kStopLimit = std::chrono::seconds(5);

struct Change {
  GObjectRef<GstElement> element;
  GstState target;
  bool failed = false;
  GstState reached = GST_STATE_NULL;
  ErrorText error;
};

// On the pool.
void Execute(Change& change, const std::atomic<int>& waiting) {
  GstElement* element = change.element.get();
  BusTap* bus = BusTap::Find(element);
  if (bus != nullptr) bus->ForgetError();
  const auto deadline = std::chrono::steady_clock::now() + kAsyncLimit;
  if (change.target == GST_STATE_NULL) InFlight::Wait(G_OBJECT(element));
  GstStateChangeReturn result = gst_element_set_state(element, change.target);
  while (result == GST_STATE_CHANGE_ASYNC && waiting == 0 && std::chrono::steady_clock::now() < deadline) {
    result = gst_element_get_state(element, nullptr, nullptr, kSlice);
  }
  if (change.target == GST_STATE_NULL) InFlight::InterruptAll(G_OBJECT(element));
  change.failed = result == GST_STATE_CHANGE_FAILURE;
  GST_OBJECT_LOCK(element);
  change.reached = GST_STATE(element);
  GST_OBJECT_UNLOCK(element);
  if (!change.failed) return;
  const GCharPtr name(gst_object_get_name(GST_OBJECT(element)));
  change.error = {std::string(name.get()) + " did not go to " + gst_element_state_get_name(change.target),
                  g_quark_to_string(GST_CORE_ERROR), GST_CORE_ERROR_STATE_CHANGE};
  const auto text = bus != nullptr ? bus->FirstError() : std::nullopt;
  if (text) change.error = {change.error.message + ": " + text->message, text->domain, text->code};
}

void StartNext(Environment& environment, const std::shared_ptr<Record>& record) {
  const auto change = std::make_shared<Change>();
  change->element = GObjectRef<GstElement>::Share(GST_ELEMENT(record->object()));
  change->target = record->states.front().target;
  record->states_waiting = static_cast<int>(record->states.size()) - 1;
  RunOnPool(
      environment, [change, record] { Execute(*change, record->states_waiting); },
      [change, record](Environment& environment) {
        const Napi::Promise::Deferred deferred = record->states.front().deferred;
        record->states.pop_front();
        // Throws where the environment is ending; then nobody waits for the rest of the queue.
        if (change->failed) {
          deferred.Reject(GstError(environment, change->error).Value());
        } else {
          deferred.Resolve(Napi::String::New(environment.env(), gst_element_state_get_name(change->reached)));
        }
        if (!record->states.empty()) StartNext(environment, record);
      });
}

GstState StateArgument(const Args& args) {
  const std::string name = args.Text(0, "state");
  for (const GstState state : {GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING}) {
    if (name == gst_element_state_get_name(state)) return state;
  }
  args.Fail("\"state\" must be NULL, READY, PAUSED or PLAYING, got \"" + name + '"');
}

// What the threads of StopAll share; the last one frees it, be it after the caller has given up.
struct StopQueue {
  std::mutex lock;
  std::condition_variable done;
  std::vector<GObjectRef<GstElement>> elements;
  size_t left = 0;

  void Work() {
    std::unique_lock guard(lock);
    while (!elements.empty()) {
      auto element = std::move(elements.back());
      elements.pop_back();
      guard.unlock();
      Stop(element.get());
      element = {};
      guard.lock();
      --left;
    }
    done.notify_all();
  }
};

}  // namespace

Napi::Value SetState(Wrapper& self, const Args& args) {
  self.As<GstElement>(args, GST_TYPE_ELEMENT);
  const auto deferred = Napi::Promise::Deferred::New(self.env());
  Record& record = *self.record();
  record.states.push_back({StateArgument(args), deferred});
  record.states_waiting = static_cast<int>(record.states.size()) - 1;
  if (record.states.size() == 1) StartNext(self.environment(), self.record());
  return deferred.Promise();
}

Napi::Value SyncStateWithParent(Wrapper& self, const Args& args) {
  auto* element = self.As<GstElement>(args, GST_TYPE_ELEMENT);
  return Napi::Boolean::New(self.env(), gst_element_sync_state_with_parent(element));
}

bool IsLive(GstElement* element) {
  GST_OBJECT_LOCK(element);
  const bool above = GST_STATE(element) != GST_STATE_NULL || GST_STATE_TARGET(element) > GST_STATE_NULL;
  const bool alone = GST_OBJECT_PARENT(element) == nullptr;
  GST_OBJECT_UNLOCK(element);
  return above && alone;
}

void Stop(GstElement* element) {
  InFlight::Wait(G_OBJECT(element));
  gst_element_set_state(element, GST_STATE_NULL);
  InFlight::InterruptAll(G_OBJECT(element));
  if (BusTap* bus = BusTap::Find(element); bus != nullptr) bus->Close(element);
}

std::vector<GObjectRef<GstElement>> LiveElements(Environment& environment) {
  std::vector<GObjectRef<GstElement>> elements;
  for (const auto& [object, record] : environment.records) {
    if (record.expired() || !GST_IS_ELEMENT(object) || !IsLive(GST_ELEMENT(object))) continue;
    elements.push_back(GObjectRef<GstElement>::Share(GST_ELEMENT(object)));
  }
  return elements;
}

bool StopAll(std::vector<GObjectRef<GstElement>> elements) {
  if (elements.empty()) return true;
  const auto queue = std::make_shared<StopQueue>();
  queue->left = elements.size();
  queue->elements = std::move(elements);
  const size_t threads = std::min(kStopThreads, queue->left);
  for (size_t i = 0; i < threads; ++i) std::thread([queue] { queue->Work(); }).detach();
  std::unique_lock guard(queue->lock);
  return queue->done.wait_for(guard, kStopLimit, [&] { return queue->left == 0; });
}

}  // namespace generic
