#include "generic/in-flight.h"

#include <gst/gst.h>

#include <chrono>

#include "ref.h"

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

std::shared_ptr<InFlight> InFlight::Of(GObject* object, bool create) {
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

std::shared_ptr<void> InFlight::Begin(GObject* object) {
  auto in_flight = Of(object, true);
  {
    const std::lock_guard guard(in_flight->lock_);
    ++in_flight->count_;
  }
  return {nullptr, [in_flight](void*) {
            const std::lock_guard guard(in_flight->lock_);
            --in_flight->count_;
            in_flight->changed_.notify_all();
          }};
}

void InFlight::Wait(GObject* object) {
  const auto in_flight = Of(object, false);
  if (!in_flight) return;
  std::unique_lock guard(in_flight->lock_);
  in_flight->changed_.wait_for(guard, kLimit, [&] { return in_flight->count_ == 0; });
}

}  // namespace generic
