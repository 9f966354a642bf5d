#include "generic/bus.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "generic/pool.h"

namespace generic {

// A pipeline that may want its latency computed anew. Any thread.
struct LatencyTarget {
  explicit LatencyTarget(gpointer object) { g_weak_ref_init(&pipeline, object); }
  ~LatencyTarget() { g_weak_ref_clear(&pipeline); }

  GWeakRef pipeline;
  std::atomic<bool> pending{false};
};

namespace {

GQuark TapQuark() { return g_quark_from_static_string("node-gst-bus"); }

struct BusText {
  std::string type;
  std::string source;
  std::string text;
};

using ParseMessage = void (*)(GstMessage*, GError**, gchar**);

std::string ProblemText(GstMessage* message, ParseMessage parse) {
  GError* error = nullptr;
  gchar* debug = nullptr;
  parse(message, &error, &debug);
  const GErrorPtr owned_error(error);
  const GCharPtr owned_debug(debug);
  return std::string(error->message) + (debug != nullptr ? std::string("; ") + debug : "");
}

std::string TextOfMessage(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      return ProblemText(message, gst_message_parse_error);
    case GST_MESSAGE_WARNING:
      return ProblemText(message, gst_message_parse_warning);
    case GST_MESSAGE_INFO:
      return ProblemText(message, gst_message_parse_info);
    default:
      const GstStructure* structure = gst_message_get_structure(message);
      const GCharPtr text(structure != nullptr ? gst_structure_to_string(structure) : nullptr);
      return text ? text.get() : "";
  }
}

class BusEvent : public Task {
 public:
  BusEvent(std::vector<uint32_t> listeners, BusText message) : listeners_(std::move(listeners)), message_(std::move(message)) {}

  void Run(Environment& environment) override {
    for (const uint32_t id : listeners_) {
      const auto found = environment.callbacks.find(id);
      if (found == environment.callbacks.end()) continue;
      const Napi::Object object = Napi::Object::New(environment.env());
      object.Set("type", message_.type);
      object.Set("source", message_.source);
      object.Set("text", message_.text);
      environment.Call(found->second->function.Value(), {object});
    }
  }

 private:
  const std::vector<uint32_t> listeners_;
  const BusText message_;
};

// The recalculation queries the whole pipeline, so it goes to the pool.
class LatencyTask : public Task {
 public:
  explicit LatencyTask(std::shared_ptr<LatencyTarget> target) : target_(std::move(target)) {}

  void Run(Environment& environment) override {
    RunOnPool(
        environment,
        [target = target_] {
          target->pending = false;
          const auto pipeline = GObjectRef<GstBin>::Take(static_cast<GstBin*>(g_weak_ref_get(&target->pipeline)));
          if (pipeline) gst_bin_recalculate_latency(pipeline.get());
        },
        [](Environment&) {});
  }

 private:
  const std::shared_ptr<LatencyTarget> target_;
};

GstMessageType TypeFromJs(const Args& args, const Napi::Value& value) {
  auto* types = static_cast<GFlagsClass*>(g_type_class_ref(GST_TYPE_MESSAGE_TYPE));
  const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  const GFlagsValue* found = g_flags_get_value_by_nick(types, name.c_str());
  g_type_class_unref(types);  // the class of a static type stays
  if (found == nullptr) args.Fail("\"types\" must name types of messages, got " + Describe(value));
  return static_cast<GstMessageType>(found->value);
}

std::optional<std::vector<GstMessageType>> TypesFromJs(const Args& args) {
  if (!args.has(1)) return std::nullopt;
  if (!args[1].IsArray()) args.Fail("\"types\" must be an array of types of messages, got " + Describe(args[1]));
  const auto array = args[1].As<Napi::Array>();
  std::vector<GstMessageType> types;
  for (uint32_t i = 0; i < array.Length(); ++i) types.push_back(TypeFromJs(args, array.Get(i)));
  return types;
}

struct BusCallback : Callback {
  using Callback::Callback;
  ~BusCallback() override { BusTap::Find(GST_ELEMENT(owner->object()))->Unlisten(id); }
  const uint32_t id = NextId();
};

}  // namespace

BusTap::BusTap(GstPipeline* pipeline, std::shared_ptr<Mailbox> mailbox)
    : mailbox_(std::move(mailbox)), latency_(std::make_shared<LatencyTarget>(pipeline)) {}

void BusTap::Install(GstPipeline* pipeline, std::shared_ptr<Mailbox> mailbox) {
  using Shared = std::shared_ptr<BusTap>;
  const auto tap = std::make_shared<BusTap>(pipeline, std::move(mailbox));
  const auto free = [](gpointer data) { delete static_cast<Shared*>(data); };
  g_object_set_qdata_full(G_OBJECT(pipeline), TapQuark(), new Shared(tap), free);
  const auto bus = GObjectRef<GstBus>::Take(gst_pipeline_get_bus(pipeline));
  const auto handle = [](GstBus*, GstMessage* message, gpointer data) {
    (*static_cast<Shared*>(data))->Handle(message);
    gst_message_unref(message);
    return GST_BUS_DROP;
  };
  gst_bus_set_sync_handler(bus.get(), handle, new Shared(tap), free);
}

BusTap* BusTap::Find(GstElement* element) {
  const auto* tap = static_cast<std::shared_ptr<BusTap>*>(g_object_get_qdata(G_OBJECT(element), TapQuark()));
  return tap == nullptr ? nullptr : tap->get();
}

bool BusTap::Listener::Wants(GstMessageType type) const {
  return !types || std::find(types->begin(), types->end(), type) != types->end();
}

void BusTap::Listen(uint32_t id, std::optional<std::vector<GstMessageType>> types) {
  const std::lock_guard guard(lock_);
  listeners_.push_back({id, std::move(types)});
}

void BusTap::Unlisten(uint32_t id) {
  const std::lock_guard guard(lock_);
  std::erase_if(listeners_, [id](const Listener& listener) { return listener.id == id; });
}

void BusTap::ForgetError() {
  const std::lock_guard guard(lock_);
  error_.reset();
}

std::optional<ErrorText> BusTap::FirstError() {
  const std::lock_guard guard(lock_);
  return error_;
}

void BusTap::Close(GstElement* pipeline) {
  const auto bus = GObjectRef<GstBus>::Take(gst_pipeline_get_bus(GST_PIPELINE(pipeline)));
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
  gst_bus_set_flushing(bus.get(), TRUE);
}

// The thread that posts the message.
void BusTap::Handle(GstMessage* message) {
  const GstMessageType type = GST_MESSAGE_TYPE(message);
  if (type == GST_MESSAGE_LATENCY && !latency_->pending.exchange(true)) {
    mailbox_->Post(std::make_unique<LatencyTask>(latency_));
  }
  std::optional<ErrorText> error;
  if (type == GST_MESSAGE_ERROR) {
    GError* parsed = nullptr;
    gst_message_parse_error(message, &parsed, nullptr);
    error = ErrorText::Of(GErrorPtr(parsed).get());
  }
  if (error) {
    const std::lock_guard guard(lock_);
    if (!error_) error_ = std::move(error);
  }
  std::vector<uint32_t> listeners = Wanting(type);
  if (listeners.empty()) return;
  const char* source = GST_MESSAGE_SRC_NAME(message);
  BusText text{GST_MESSAGE_TYPE_NAME(message), source != nullptr ? source : "", TextOfMessage(message)};
  mailbox_->Post(std::make_unique<BusEvent>(std::move(listeners), std::move(text)));
}

std::vector<uint32_t> BusTap::Wanting(GstMessageType type) {
  std::vector<uint32_t> wanting;
  const std::lock_guard guard(lock_);
  for (const Listener& listener : listeners_) {
    if (listener.Wants(type)) wanting.push_back(listener.id);
  }
  return wanting;
}

Napi::Value OnBus(Wrapper& self, const Args& args) {
  auto* pipeline = self.As<GstElement>(args, GST_TYPE_PIPELINE);
  BusTap* tap = BusTap::Find(pipeline);
  if (tap == nullptr) args.Fail("only pipelines made by node-gst have a bus here");
  auto callback = std::make_unique<BusCallback>(self, args.Function(0, "callback"));
  auto types = TypesFromJs(args);
  if (self.disposed()) args.Fail("the types disposed this object");
  const uint32_t id = callback->id;
  tap->Listen(id, std::move(types));
  return Napi::Number::New(self.env(), self.AddCallback(std::move(callback), id));
}

Napi::Value OffBus(Wrapper& self, const Args& args) {
  self.RemoveCallback(args.Id(0, "id"));
  return self.env().Undefined();
}

}  // namespace generic
