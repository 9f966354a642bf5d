#include "generic/in-flight.h"

#include <gst/gst.h>

#include <chrono>
#include <utility>

namespace generic {

namespace {

constexpr auto kLimit = std::chrono::seconds(2);

GObjectRef<GObject> Topmost(GObject* object) {
  auto top = GObjectRef<GObject>::Share(object);
  while (GST_IS_OBJECT(top.get())) {
    auto parent = GObjectRef<GObject>::Take(reinterpret_cast<GObject*>(gst_object_get_parent(GST_OBJECT(top.get()))));
    if (!parent) break;
    top = std::move(parent);
  }
  return top;
}

}  // namespace

std::shared_ptr<InFlight> InFlight::Find(GObject* object, bool create) {
  // Guards the look-up only: two environments may meet at one object.
  static std::mutex lock;
  const std::lock_guard guard(lock);
  const GQuark quark = g_quark_from_static_string("node-gst-in-flight");
  const auto top = Topmost(object);
  using Shared = std::shared_ptr<InFlight>;
  if (auto* known = static_cast<Shared*>(g_object_get_qdata(top.get(), quark)); known != nullptr) return *known;
  if (!create) return nullptr;
  auto* made = new Shared(std::make_shared<InFlight>());
  g_object_set_qdata_full(top.get(), quark, made, [](gpointer data) { delete static_cast<Shared*>(data); });
  return *made;
}

std::shared_ptr<InFlight> InFlight::Of(GObject* object) { return Find(object, true); }

void InFlight::Begin(std::shared_ptr<Operation> operation) {
  const std::lock_guard guard(lock_);
  operations_.insert(std::move(operation));
}

void InFlight::Wait(GObject* object) {
  const auto group = Find(object, false);
  if (!group) return;
  std::unique_lock guard(group->lock_);
  group->changed_.wait_for(guard, kLimit, [&] { return group->operations_.empty(); });
}

void InFlight::InterruptAll(GObject* object) {
  const auto group = Find(object, false);
  if (!group) return;
  std::set<std::shared_ptr<Operation>> operations;
  {
    const std::lock_guard guard(group->lock_);
    operations = group->operations_;
  }
  for (const auto& operation : operations) operation->Interrupt();
}

void Operation::Answered() {
  answered_ = true;
  std::shared_ptr<Operation> self;  // outlives the lock
  const std::lock_guard guard(group_->lock_);
  for (auto it = group_->operations_.begin(); it != group_->operations_.end(); ++it) {
    if (it->get() != this) continue;
    self = *it;
    group_->operations_.erase(it);
    break;
  }
  group_->changed_.notify_all();
}

void Operation::Interrupt() {
  if (!answered_.exchange(true)) gst_promise_interrupt(promise_.get());
}

}  // namespace generic
