#include "generic/make.h"

#include "generic/bus.h"
#include "generic/error.h"
#include "generic/object.h"

namespace generic {

namespace {

// Every pipeline shares one clock and base time 0: a running time means the same in all of them, and buffers may pass
// from one to another as they are.
void Prepare(Environment& environment, GstPipeline* pipeline) {
  const auto clock = GObjectRef<GstClock>::Take(gst_system_clock_obtain());
  gst_pipeline_use_clock(pipeline, clock.get());
  gst_element_set_start_time(GST_ELEMENT(pipeline), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(GST_ELEMENT(pipeline), 0);
  BusTap::Install(pipeline, environment.mailbox());
  ++environment.mailbox()->pipelines;
  const auto gone = [](gpointer data, GObject*) {
    const std::unique_ptr<std::shared_ptr<Mailbox>> mailbox(static_cast<std::shared_ptr<Mailbox>*>(data));
    --(*mailbox)->pipelines;
  };
  g_object_weak_ref(G_OBJECT(pipeline), gone, new std::shared_ptr<Mailbox>(environment.mailbox()));
}

Napi::Value WrapElement(Environment& environment, GObjectRef<GstElement> element) {
  if (GST_IS_PIPELINE(element.get())) Prepare(environment, GST_PIPELINE(element.get()));
  return WrapMade(environment, GObjectRef<GObject>::Take(G_OBJECT(element.release())));
}

[[noreturn]] void FailWith(Environment& environment, const char* what, GErrorPtr error) {
  ErrorText text = ErrorText::Of(error.get());
  text.message = std::string(what) + ": " + text.message;
  throw GstError(environment, text);
}

Napi::Value Init(const Args& args) {
  GError* error = nullptr;
  if (!gst_init_check(nullptr, nullptr, &error)) FailWith(Environment::Of(args.env()), "init", GErrorPtr(error));
  return Napi::String::New(args.env(), GCharPtr(gst_version_string()).get());
}

Napi::Value HasElement(const Args& args) {
  const auto factory = GObjectRef<GstElementFactory>::Take(gst_element_factory_find(args.Text(0, "factory").c_str()));
  if (!factory) return Napi::Boolean::New(args.env(), false);
  // The registry may list a plugin whose library has gone.
  const auto loaded = GObjectRef<GstPluginFeature>::Take(gst_plugin_feature_load(GST_PLUGIN_FEATURE(factory.get())));
  return Napi::Boolean::New(args.env(), static_cast<bool>(loaded));
}

Napi::Value Pipeline(const Args& args) {
  const auto name = args.OptionalText(0, "name");
  return WrapElement(Environment::Of(args.env()), GObjectRef<GstElement>::Sink(gst_pipeline_new(name ? name->c_str() : nullptr)));
}

Napi::Value Make(const Args& args) {
  Environment& environment = Environment::Of(args.env());
  const std::string factory = args.Text(0, "factory");
  const auto name = args.OptionalText(1, "name");
  auto element = GObjectRef<GstElement>::Sink(gst_element_factory_make(factory.c_str(), name ? name->c_str() : nullptr));
  if (!element) {
    throw GstError(environment, {"make: there is no element \"" + factory + "\" (is its plugin installed?)",
                                 g_quark_to_string(GST_CORE_ERROR), GST_CORE_ERROR_MISSING_PLUGIN});
  }
  return WrapElement(environment, std::move(element));
}

Napi::Value ParseLaunch(const Args& args) {
  Environment& environment = Environment::Of(args.env());
  GError* error = nullptr;
  const std::string description = args.Text(0, "description");
  auto element =
      GObjectRef<GstElement>::Sink(gst_parse_launch_full(description.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
  if (error != nullptr) FailWith(environment, "parseLaunch", GErrorPtr(error));
  if (GST_IS_PIPELINE(element.get())) return WrapElement(environment, std::move(element));
  // A description of one element comes without a pipeline.
  auto pipeline = GObjectRef<GstElement>::Sink(gst_pipeline_new(nullptr));
  gst_bin_add(GST_BIN(pipeline.get()), element.get());
  return WrapElement(environment, std::move(pipeline));
}

Napi::Value ParseBin(const Args& args) {
  Environment& environment = Environment::Of(args.env());
  GError* error = nullptr;
  const std::string description = args.Text(0, "description");
  auto bin = GObjectRef<GstElement>::Sink(
      gst_parse_bin_from_description_full(description.c_str(), TRUE, nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error));
  if (error != nullptr) FailWith(environment, "parseBin", GErrorPtr(error));
  return WrapElement(environment, std::move(bin));
}

struct Maker {
  const char* name;
  Napi::Value (*call)(const Args& args);
  bool needs_init = true;
};

constexpr Maker kMakers[] = {{"init", Init, false},        {"hasElement", HasElement},
                             {"pipeline", Pipeline},       {"make", Make},
                             {"parseLaunch", ParseLaunch}, {"parseBin", ParseBin}};

Napi::Value CallMaker(const Napi::CallbackInfo& info) {
  const auto& maker = *static_cast<const Maker*>(info.Data());
  if (maker.needs_init && !gst_is_initialized()) {
    throw Napi::Error::New(info.Env(), std::string(maker.name) + ": call init() first");
  }
  return maker.call(Args(info, maker.name));
}

}  // namespace

void RegisterMakers(Napi::Env env, Napi::Object exports) {
  for (const Maker& maker : kMakers) {
    exports.Set(maker.name, Napi::Function::New<CallMaker>(env, maker.name, const_cast<Maker*>(&maker)));
  }
}

}  // namespace generic
