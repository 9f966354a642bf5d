// A GClosure that owns a value.
#pragma once
#include <glib-object.h>

#include <utility>

namespace generic {

template <typename T>
struct Closure {
  GClosure base;
  T* data;

  static GClosure* New(T data, GClosureMarshal marshal) {
    GClosure* closure = g_closure_new_simple(sizeof(Closure), nullptr);
    reinterpret_cast<Closure*>(closure)->data = new T(std::move(data));
    g_closure_set_marshal(closure, marshal);
    g_closure_add_finalize_notifier(closure, nullptr, [](gpointer, GClosure* self) { delete reinterpret_cast<Closure*>(self)->data; });
    return closure;
  }
  static T& Data(GClosure* closure) { return *reinterpret_cast<Closure*>(closure)->data; }
};

}  // namespace generic
