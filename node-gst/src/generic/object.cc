#include "generic/object.h"

#include <utility>

#include "generic/bin.h"
#include "generic/bus.h"
#include "generic/emit.h"
#include "generic/generic.h"
#include "generic/pad.h"
#include "generic/promise.h"
#include "generic/property.h"
#include "generic/signal.h"
#include "generic/state.h"

namespace generic {

namespace {

// Tells our wrappers from objects of other classes and addons before any pointer is followed.
constexpr napi_type_tag kTag = {0x6e6f64652d677374, 0x4773744f626a6563};

Napi::Value Type(Wrapper& self, const Args&) { return Napi::String::New(self.env(), G_OBJECT_TYPE_NAME(self.object())); }

Napi::Value Name(Wrapper& self, const Args&) {
  if (!GST_IS_OBJECT(self.object())) return Napi::String::New(self.env(), "");
  const GCharPtr name(gst_object_get_name(GST_OBJECT(self.object())));
  return Napi::String::New(self.env(), name ? name.get() : "");
}

// The same number for every wrapper of an object, in all environments and for its whole life.
Napi::Value Id(Wrapper& self, const Args&) {
  const GQuark quark = g_quark_from_static_string("node-gst-id");
  gpointer id = g_object_get_qdata(self.object(), quark);
  if (id == nullptr) {
    g_object_replace_qdata(self.object(), quark, nullptr, GUINT_TO_POINTER(NextId()), nullptr, nullptr);
    id = g_object_get_qdata(self.object(), quark);
  }
  return Napi::String::New(self.env(), std::to_string(GPOINTER_TO_UINT(id)));
}

Napi::Value TapDropped(Wrapper& self, const Args&) {
  return Napi::Number::New(self.env(), static_cast<double>(self.dropped()));
}

constexpr Method kGetters[] = {{"type", Type}, {"name", Name}, {"id", Id}};

constexpr Method kMethods[] = {
    {"get", Get},
    {"set", Set},
    {"emit", Emit},
    {"emitPromise", EmitPromise},
    {"on", On},
    {"off", Off},
    {"tapDropped", TapDropped},
    {"setState", SetState},
    {"syncStateWithParent", SyncStateWithParent},
    {"add", Add},
    {"remove", Remove},
    {"byName", ByName},
    {"link", Link},
    {"unlink", Unlink},
    {"linkPads", LinkPads},
    {"toDot", ToDot},
    {"staticPad", StaticPad},
    {"requestPad", RequestPad},
    {"releasePad", ReleasePad},
    {"pads", Pads},
    {"caps", Caps},
    {"unblock", Unblock},
    {"onBus", OnBus},
    {"offBus", OffBus},
};

Napi::Value CallMethod(const Napi::CallbackInfo& info) {
  const auto& method = *static_cast<const Method*>(info.Data());
  Wrapper& self = Wrapper::From(info.This(), std::string(method.name) + ": this");
  if (self.disposed()) throw Napi::Error::New(info.Env(), std::string(method.name) + ": this object was disposed");
  // A getter of an argument may dispose it.
  const std::shared_ptr<Record> pin = self.record();
  return method.call(self, Args(info, method.name));
}

Napi::Value Dispose(const Napi::CallbackInfo& info) {
  Wrapper::From(info.This(), "dispose: this").Dispose();
  return info.Env().Undefined();
}

template <Napi::Value (*Call)(const Napi::CallbackInfo&)>
napi_value Raw(napi_env env, napi_callback_info info) {
  return Napi::details::WrapCallback(env, [&]() -> napi_value { return Call(Napi::CallbackInfo(env, info)); });
}

Napi::Value Construct(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::Of(info.Env());
  const auto record = std::move(environment.wrapping);
  if (!info.IsConstructCall() || !record) {
    throw Napi::TypeError::New(info.Env(), "a GstObject is made by make(), pipeline(), parseLaunch() or parseBin()");
  }
  const auto self = info.This().As<Napi::Object>();
  auto wrapper = std::make_unique<Wrapper>(environment, record, self);
  const napi_status status = napi_wrap(
      info.Env(), self, wrapper.get(), [](napi_env, void* data, void*) { delete static_cast<Wrapper*>(data); }, nullptr, nullptr);
  if (status != napi_ok) throw Napi::Error::New(info.Env());
  wrapper.release();
  self.TypeTag(&kTag);
  return self;
}

Napi::Object WrapRecord(Environment& environment, std::shared_ptr<Record> record) {
  environment.wrapping = std::move(record);
  try {
    return environment.wrapper_class.Value().New({});
  } catch (...) {
    // The constructor did not run: the worker is being terminated. It would hold the environment, which holds it.
    environment.wrapping = nullptr;
    throw;
  }
}

}  // namespace

std::shared_ptr<Record> Record::Of(Environment& environment, GObject* object) {
  auto& entry = environment.records[object];
  auto record = entry.lock();
  if (!record) entry = record = std::make_shared<Record>(environment, object);
  return record;
}

Record::Record(Environment& environment, GObject* object)
    : environment_(environment.shared_from_this()), object_(GObjectRef<GObject>::Share(object)) {}

Record::~Record() {
  environment_->records.erase(object());
  const bool stop = made && GST_IS_ELEMENT(object()) && IsLive(GST_ELEMENT(object()));
  environment_->Reap(std::move(object_), stop);
}

Wrapper::Wrapper(Environment& environment, std::shared_ptr<Record> record, const Napi::Object& self)
    : environment_(environment.shared_from_this()),
      record_(std::move(record)),
      object_(record_->object()),
      self_(Napi::Weak(self)) {
  ++environment_->wrappers;
}

Wrapper::~Wrapper() {
  if (!disposed()) --environment_->wrappers;
}

Wrapper& Wrapper::From(const Napi::Value& value, const std::string& what) {
  void* native = nullptr;
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kTag) ||
      napi_unwrap(value.Env(), value, &native) != napi_ok) {
    throw Napi::TypeError::New(value.Env(), what + " must be a GstObject, got " + Describe(value));
  }
  return *static_cast<Wrapper*>(native);
}

void Wrapper::WrongType(const Args& args, GType type) const {
  args.Fail(std::string("needs a ") + g_type_name(type) + ", this is a " + G_OBJECT_TYPE_NAME(object()));
}

uint32_t Wrapper::AddCallback(std::unique_ptr<Callback> callback, uint32_t id) {
  environment_->callbacks.emplace(id, std::move(callback));
  if (callbacks_.empty()) self_.Ref();
  callbacks_.insert(id);
  return id;
}

void Wrapper::RemoveCallback(uint32_t id) {
  if (callbacks_.erase(id) == 0) return;
  // Out of the table first: a callback takes others along when it goes.
  const auto callback = environment_->callbacks.extract(id);
  if (callbacks_.empty()) self_.Unref();
}

void Wrapper::RemoveCallbacks() {
  while (!callbacks_.empty()) RemoveCallback(*callbacks_.begin());
}

uint64_t Wrapper::dropped() const {
  uint64_t sum = 0;
  for (const uint32_t id : callbacks_) sum += environment_->callbacks.at(id)->dropped();
  return sum;
}

void Wrapper::Dispose() {
  if (disposed()) return;
  RemoveCallbacks();
  --environment_->wrappers;
  record_.reset();
}

void DefineWrapperClass(Environment& environment) {
  const auto data = [](const Method& method) { return const_cast<Method*>(&method); };
  std::vector<napi_property_descriptor> properties;
  for (const Method& getter : kGetters) {
    properties.push_back({getter.name, nullptr, nullptr, Raw<CallMethod>, nullptr, nullptr, napi_default, data(getter)});
  }
  for (const Method& method : kMethods) {
    properties.push_back({method.name, nullptr, Raw<CallMethod>, nullptr, nullptr, nullptr, napi_default_method, data(method)});
  }
  properties.push_back({"dispose", nullptr, Raw<Dispose>, nullptr, nullptr, nullptr, napi_default_method, nullptr});
  napi_value constructor = nullptr;
  const napi_status status = napi_define_class(environment.env(), "GstObject", NAPI_AUTO_LENGTH, Raw<Construct>, nullptr,
                                               properties.size(), properties.data(), &constructor);
  if (status != napi_ok) throw Napi::Error::New(environment.env());
  environment.wrapper_class = Napi::Persistent(Napi::Function(environment.env(), constructor));
}

Napi::Object WrapMade(Environment& environment, GObjectRef<GObject> object) {
  auto record = Record::Of(environment, object.get());
  record->made = true;
  return WrapRecord(environment, std::move(record));
}

Napi::Object Wrap(Napi::Env env, GObject* object) {
  Environment& environment = Environment::Of(env);
  return WrapRecord(environment, Record::Of(environment, object));
}

Napi::Value WrapOrNull(Environment& environment, gpointer object) {
  if (object == nullptr) return environment.env().Null();
  return Wrap(environment.env(), G_OBJECT(object));
}

GObject* Unwrap(const Napi::Value& value, GType expected) {
  const Wrapper& wrapper = Wrapper::From(value, "the object");
  if (wrapper.disposed()) throw Napi::TypeError::New(value.Env(), "this object was disposed");
  if (!g_type_is_a(G_OBJECT_TYPE(wrapper.object()), expected)) {
    throw Napi::TypeError::New(value.Env(), std::string("must be a ") + g_type_name(expected) + ", got a " +
                                                G_OBJECT_TYPE_NAME(wrapper.object()));
  }
  return wrapper.object();
}

}  // namespace generic
