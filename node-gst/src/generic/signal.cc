#include "generic/signal.h"

#include <atomic>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "generic/convert.h"
#include "generic/generic.h"
#include "generic/pad.h"

namespace generic {

namespace {

constexpr std::string_view kNotify = "notify::";

// What `on` asked for; shared by the closure (any thread) and the callback (JS thread). Constant but for `live`.
struct Link {
  std::shared_ptr<Mailbox> mailbox;
  std::string signal;
  uint32_t id = 0;
  bool heard = false;  // there is a JS function to call
  bool block = false;
  bool drain = false;
  std::vector<std::string> tap;
  std::atomic<bool> live{true};
};

// The signals tapped on one object that an emission brought. Any thread. `lock` makes the emission itself reach the
// mailbox before what the tapped object emits; it is held while connecting and for one enqueue.
struct Tap {
  std::shared_ptr<Mailbox> mailbox;
  uint32_t id = 0;
  std::mutex lock;
  std::vector<gulong> handlers;
  std::atomic<bool> live{true};
};

using Values = std::vector<GValueHolder>;

std::vector<napi_value> ArgumentsToJs(Environment& environment, const Values& values, const std::string& signal) {
  std::vector<napi_value> arguments;
  for (const auto& value : values) {
    arguments.push_back(ToJs(environment, value.get(), "on: an argument of \"" + signal + '"'));
  }
  return arguments;
}

// A signal of a tapped object.
class TappedEvent : public Task {
 public:
  TappedEvent(uint32_t id, std::string signal, Values values) : id_(id), signal_(std::move(signal)), values_(std::move(values)) {}

  void Run(Environment& environment) override {
    const auto found = environment.callbacks.find(id_);
    if (found == environment.callbacks.end()) return;
    const Callback& callback = *found->second;
    std::vector<napi_value> arguments = ArgumentsToJs(environment, values_, signal_);
    arguments.insert(arguments.begin(), {Napi::String::New(environment.env(), signal_), callback.owner->self()});
    environment.Call(callback.function.Value(), arguments);
  }

 private:
  const uint32_t id_;
  const std::string signal_;
  const Values values_;
};

// The tapped object's wrapper owns this: disposing it ends the tap, and so does `off` of the signal that brought it.
struct TapCallback : Callback {
  TapCallback(Wrapper& wrapper, const Napi::Value& function, std::shared_ptr<Tap> tap)
      : Callback(wrapper, function), tap(std::move(tap)) {}
  ~TapCallback() override {
    const std::lock_guard guard(tap->lock);
    for (const gulong handler : tap->handlers) g_signal_handler_disconnect(owner->object(), handler);
  }

  const std::shared_ptr<Tap> tap;
};

struct SignalCallback : Callback {
  SignalCallback(Wrapper& wrapper, const Napi::Value& function, const Napi::Value& on_tap, std::shared_ptr<Link> link)
      : Callback(wrapper, function), link(std::move(link)) {
    if (on_tap.IsFunction()) this->on_tap = Napi::Persistent(on_tap.As<Napi::Function>());
  }
  ~SignalCallback() override {
    link->live = false;
    g_signal_handler_disconnect(owner->object(), handler);
    Environment& environment = owner->environment();
    for (const uint32_t id : taps) {
      const auto found = environment.callbacks.find(id);
      if (found != environment.callbacks.end()) found->second->owner->RemoveCallback(id);
    }
  }

  const std::shared_ptr<Link> link;
  Napi::FunctionReference on_tap;
  gulong handler = 0;
  std::vector<uint32_t> taps;  // may name some that have gone
};

// A signal with its copied arguments.
class Event : public Task {
 public:
  Event(std::shared_ptr<Link> link, Values values) : link_(std::move(link)), values_(std::move(values)) {}

  // The first object among the arguments, on which signals were tapped.
  void Tapped(size_t index, std::shared_ptr<Tap> tap) {
    tapped_ = index;
    tap_ = std::move(tap);
  }

  void Run(Environment& environment) override {
    const auto found = environment.callbacks.find(link_->id);
    if (found == environment.callbacks.end()) {
      if (tap_) tap_->live = false;
      return;
    }
    auto& callback = static_cast<SignalCallback&>(*found->second);
    const std::vector<napi_value> arguments = ArgumentsToJs(environment, values_, link_->signal);
    if (tap_) {
      Wrapper& wrapper = Wrapper::From(Napi::Value(environment.env(), arguments[tapped_]), "tap");
      wrapper.AddCallback(std::make_unique<TapCallback>(wrapper, callback.on_tap.Value(), tap_), tap_->id);
      callback.taps.push_back(tap_->id);
    }
    if (!callback.function.IsEmpty()) environment.Call(callback.function.Value(), arguments);
  }

 private:
  const std::shared_ptr<Link> link_;
  const Values values_;
  size_t tapped_ = 0;
  std::shared_ptr<Tap> tap_;
};

// The arguments behind the instance. For `notify::x` the property's value, read inside the emission: later it may have
// moved on. A bare `notify` gets the name only, for a read may need a lock that is held.
Values CopyArguments(const std::string& signal, guint count, const GValue* values) {
  Values copies;
  if (!signal.starts_with(kNotify)) {
    for (guint i = 1; i < count; ++i) copies.emplace_back(values[i]);
    return copies;
  }
  const GParamSpec* spec = g_value_get_param(&values[1]);
  GValueHolder& value = copies.emplace_back(spec->value_type);
  g_object_get_property(G_OBJECT(g_value_get_object(&values[0])), spec->name, value.get());
  return copies;
}

// A closure that owns a T.
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

struct TapPoint {
  std::shared_ptr<Tap> tap;
  std::string signal;
};

void MarshalTap(GClosure* closure, GValue*, guint count, const GValue* values, gpointer, gpointer) noexcept {
  const TapPoint& point = Closure<TapPoint>::Data(closure);
  if (!point.tap->live) return;
  Values copies = CopyArguments(point.signal, count, values);
  { const std::lock_guard after_the_emission(point.tap->lock); }
  point.tap->mailbox->Post(std::make_unique<TappedEvent>(point.tap->id, point.signal, std::move(copies)));
}

bool SignalExists(GType type, const std::string& name) {
  guint id = 0;
  GQuark detail = 0;
  return g_signal_parse_name(name.c_str(), type, &id, &detail, TRUE);
}

// Connects the tapped signals before anybody else can make the object emit.
void ConnectTaps(const std::shared_ptr<Link>& link, std::unique_ptr<Event> event, size_t index, GObject* object) {
  const auto tap = std::make_shared<Tap>();
  tap->mailbox = link->mailbox;
  tap->id = NextId();
  const std::lock_guard guard(tap->lock);
  for (const std::string& signal : link->tap) {
    if (!SignalExists(G_OBJECT_TYPE(object), signal)) continue;
    GClosure* closure = Closure<TapPoint>::New({tap, signal}, MarshalTap);
    tap->handlers.push_back(g_signal_connect_closure(object, signal.c_str(), closure, FALSE));
  }
  event->Tapped(index, tap);
  link->mailbox->Post(std::move(event));
}

// Runs inside the emission, on any thread and under any lock of the emitter: copies, posts, returns. The return value
// stays as the emission initialised it: false, 0 or null.
void Marshal(GClosure* closure, GValue*, guint count, const GValue* values, gpointer, gpointer) noexcept {
  const std::shared_ptr<Link>& link = Closure<std::shared_ptr<Link>>::Data(closure);
  if (!link->live) return;
  if ((link->block || link->drain) && count >= 2 && G_VALUE_HOLDS(&values[1], GST_TYPE_PAD)) {
    auto* pad = static_cast<GstPad*>(g_value_get_object(&values[1]));
    if (link->block) BlockPad(pad);
    if (link->drain) DrainPad(pad);
  }
  if (!link->heard) return;
  Values copies = CopyArguments(link->signal, count, values);
  size_t index = 0;
  while (index < copies.size() && !G_VALUE_HOLDS_OBJECT(copies[index].get())) ++index;
  auto* object = index < copies.size() ? G_OBJECT(g_value_get_object(copies[index].get())) : nullptr;
  auto event = std::make_unique<Event>(link, std::move(copies));
  if (link->tap.empty() || object == nullptr) {
    link->mailbox->Post(std::move(event));
  } else {
    ConnectTaps(link, std::move(event), index, object);
  }
}

bool Flag(const Args& args, const Napi::Object& options, const char* name) {
  const Napi::Value value = options.Get(name);
  if (value.IsUndefined()) return false;
  if (!value.IsBoolean()) args.Fail(std::string("option \"") + name + "\" must be a boolean, got " + Describe(value));
  return value.As<Napi::Boolean>().Value();
}

std::vector<std::string> Names(const Args& args, const Napi::Object& options, const char* name) {
  const Napi::Value value = options.Get(name);
  std::vector<std::string> names;
  if (value.IsUndefined()) return names;
  if (!value.IsArray()) args.Fail(std::string("option \"") + name + "\" must be an array of signal names, got " + Describe(value));
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) names.push_back(TextOf(array.Get(i), "on: tap[" + std::to_string(i) + ']'));
  return names;
}

void CheckSignal(const Wrapper& self, const Args& args, const std::string& signal) {
  const std::string owner = G_OBJECT_TYPE_NAME(self.object());
  if (!SignalExists(G_OBJECT_TYPE(self.object()), signal)) args.Fail(owner + " has no signal \"" + signal + '"');
  if (!signal.starts_with(kNotify)) return;
  const std::string property = signal.substr(kNotify.size());
  const GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(self.object()), property.c_str());
  if (spec == nullptr) args.Fail(owner + " has no property \"" + property + '"');
  if ((spec->flags & G_PARAM_READABLE) == 0) args.Fail("property \"" + property + "\" of " + owner + " cannot be read");
}

}  // namespace

Napi::Value On(Wrapper& self, const Args& args) {
  const std::string signal = args.Text(0, "signal");
  CheckSignal(self, args, signal);
  if (!args[1].IsNull() && !args[1].IsFunction()) args.Fail("\"callback\" must be a function or null, got " + Describe(args[1]));
  if (args.has(2) && !args[2].IsObject()) args.Fail("\"options\" must be an object, got " + Describe(args[2]));
  const Napi::Object options = args.has(2) ? args[2].As<Napi::Object>() : Napi::Object::New(self.env());

  const auto link = std::make_shared<Link>();
  link->mailbox = self.environment().mailbox();
  link->signal = signal;
  link->id = NextId();
  link->block = Flag(args, options, "block");
  link->drain = Flag(args, options, "drain");
  link->tap = Names(args, options, "tap");
  const Napi::Value on_tap = options.Get("onTap");
  if (!link->tap.empty() && !on_tap.IsFunction()) args.Fail("\"tap\" needs a function \"onTap\", got " + Describe(on_tap));
  if ((link->block || link->drain) && signal != "pad-added") args.Fail("\"block\" and \"drain\" are for \"pad-added\" only");
  if (link->block && link->drain) args.Fail("a pad is either blocked or drained");
  if (self.disposed()) args.Fail("the options disposed this object");
  link->heard = args[1].IsFunction() || !link->tap.empty();

  auto callback = std::make_unique<SignalCallback>(self, args[1], on_tap, link);
  GClosure* closure = Closure<std::shared_ptr<Link>>::New(link, Marshal);
  callback->handler = g_signal_connect_closure(self.object(), signal.c_str(), closure, FALSE);
  return Napi::Number::New(self.env(), self.AddCallback(std::move(callback), link->id));
}

Napi::Value Off(Wrapper& self, const Args& args) {
  if (args.has(0)) {
    self.RemoveCallback(args.Id(0, "id"));
  } else {
    self.RemoveCallbacks();
  }
  return self.env().Undefined();
}

}  // namespace generic
