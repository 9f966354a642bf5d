#include "generic/signal.h"

#include <atomic>
#include <utility>
#include <vector>

#include "generic/arguments.h"
#include "generic/closure.h"
#include "generic/pad.h"
#include "generic/tap.h"

namespace generic {

namespace {

// What `on` asked for; shared by the closure (any thread) and the callback (JS thread). Constant but for `live`.
struct Link {
  std::shared_ptr<Mailbox> mailbox;
  std::string signal;
  uint32_t id = 0;
  bool heard = false;  // there is a JS function to call
  bool block = false;
  bool drain = false;
  std::vector<TapOptions> tap;
  std::atomic<bool> live{true};
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
      if (tap_) tap_->Mute();
      return;
    }
    auto& callback = static_cast<SignalCallback&>(*found->second);
    const std::vector<napi_value> arguments = ArgumentsToJs(environment, values_, link_->signal);
    if (tap_) {
      Wrapper& wrapper = Wrapper::From(Napi::Value(environment.env(), arguments[tapped_]), "tap");
      wrapper.AddCallback(std::make_unique<TapCallback>(wrapper, callback.on_tap.Value(), tap_), tap_->id());
      callback.taps.push_back(tap_->id());
    }
    if (!callback.function.IsEmpty()) environment.Call(callback.function.Value(), arguments);
  }

 private:
  const std::shared_ptr<Link> link_;
  const Values values_;
  size_t tapped_ = 0;
  std::shared_ptr<Tap> tap_;
};

// Connects the tapped signals inside the emission, and posts it.
void PostTapped(const std::shared_ptr<Link>& link, std::unique_ptr<Event> event, size_t index, GObject* object) {
  const auto tap = std::make_shared<Tap>(link->mailbox);
  event->Tapped(index, tap);
  tap->Connect(object, link->tap, [&] { link->mailbox->Post(std::move(event)); });
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
    PostTapped(link, std::move(event), index, object);
  }
}

bool Flag(const Args& args, const Napi::Object& options, const char* name) {
  const Napi::Value value = options.Get(name);
  if (value.IsUndefined()) return false;
  if (!value.IsBoolean()) args.Fail(std::string("option \"") + name + "\" must be a boolean, got " + Describe(value));
  return value.As<Napi::Boolean>().Value();
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
  link->tap = TapsFromJs(args, options);
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
