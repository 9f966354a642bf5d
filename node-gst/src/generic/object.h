// The JS class `GstObject`: a wrapper is one JS object that holds a share of one GObject.
#pragma once
#include <glib-object.h>
#include <gst/gst.h>
#include <napi.h>

#include <deque>
#include <memory>
#include <set>
#include <string>

#include "generic/args.h"
#include "generic/env.h"
#include "ref.h"

namespace generic {

struct StateRequest {
  GstState target;
  Napi::Promise::Deferred deferred;
};

// What all wrappers of one GObject in one environment share, and the reference they hold. JS thread, except
// `states_waiting`, which the pool reads.
class Record {
 public:
  static std::shared_ptr<Record> Of(Environment& environment, GObject* object);
  Record(Environment& environment, GObject* object);
  // The last wrapper has gone, and no state change is queued: the reference goes to the reaper.
  ~Record();

  GObject* object() const { return object_.get(); }

  // Made by this environment: it is stopped when its last wrapper goes, unless a bin has adopted it.
  bool made = false;
  // State changes in order, the first one running on the pool.
  std::deque<StateRequest> states;
  std::atomic<int> states_waiting{0};

 private:
  const std::shared_ptr<Environment> environment_;
  GObjectRef<GObject> object_;
};

// The native part of a wrapper; the JS object owns it. JS thread.
class Wrapper {
 public:
  Wrapper(Environment& environment, std::shared_ptr<Record> record, const Napi::Object& self);
  ~Wrapper();

  // The native part of `value`; throws a TypeError where it is no wrapper.
  static Wrapper& From(const Napi::Value& value, const std::string& what);

  Environment& environment() const { return *environment_; }
  Napi::Env env() const { return environment_->env(); }
  const std::shared_ptr<Record>& record() const { return record_; }
  // Valid while the wrapper lives, and to the end of the method call in which it is disposed.
  GObject* object() const { return object_; }
  bool disposed() const { return record_ == nullptr; }
  Napi::Object self() const { return self_.Value(); }
  // The object as a T, or a TypeError that names both types.
  template <typename T>
  T* As(const Args& args, GType type) const {
    if (!g_type_is_a(G_OBJECT_TYPE(object()), type)) WrongType(args, type);
    return reinterpret_cast<T*>(object());
  }

  // A wrapper with callbacks is kept alive: whoever dropped it in JS still expects to be called.
  uint32_t AddCallback(std::unique_ptr<Callback> callback, uint32_t id);
  void RemoveCallback(uint32_t id);
  void RemoveCallbacks();
  // Calls that the limits of taps on this object kept from its callbacks.
  uint64_t dropped() const;
  bool HasCallback(uint32_t id) const { return callbacks_.contains(id); }
  void Dispose();

 private:
  [[noreturn]] void WrongType(const Args& args, GType type) const;

  const std::shared_ptr<Environment> environment_;
  std::shared_ptr<Record> record_;  // null once disposed
  GObject* const object_;
  Napi::ObjectReference self_;
  std::set<uint32_t> callbacks_;
};

// A JS function that waits for events, in Environment::callbacks. Destroying it disconnects natively. JS thread.
struct Callback {
  Callback(Wrapper& wrapper, const Napi::Value& function)
      : owner(&wrapper), function(function.IsFunction() ? Napi::Persistent(function.As<Napi::Function>()) : Napi::FunctionReference()) {}
  virtual ~Callback() = default;
  // Calls that limits kept from it.
  virtual uint64_t dropped() const { return 0; }

  Wrapper* const owner;
  Napi::FunctionReference function;  // may be empty
};

// One method of the class: called with a live wrapper only.
struct Method {
  const char* name;
  Napi::Value (*call)(Wrapper& self, const Args& args);
};

void DefineWrapperClass(Environment& environment);

// A wrapper of an object that was just made here; the reference passes to it.
Napi::Object WrapMade(Environment& environment, GObjectRef<GObject> object);

// As Wrap() of generic.h, and null for null.
Napi::Value WrapOrNull(Environment& environment, gpointer object);

}  // namespace generic
