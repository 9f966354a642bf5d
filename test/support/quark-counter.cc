// An element `quarkcounter` whose property `count` says how many quarks GLib has, its own not counted. Loaded into a process
// that has GStreamer.
#include <gst/gst.h>

#include <string>

namespace {

struct QuarkCounter {
  GstElement element;
};
struct QuarkCounterClass {
  GstElementClass parent;
};

G_DEFINE_TYPE(QuarkCounter, quark_counter, GST_TYPE_ELEMENT)

constexpr guint kCount = 1;

// Quarks are numbered, so the number of a new one tells.
void Get(GObject*, guint, GValue* value, GParamSpec*) {
  static guint own = 0;
  g_value_set_uint(value, g_quark_from_string(("quark-counter-" + std::to_string(own)).c_str()) - own);
  ++own;
}

void quark_counter_class_init(QuarkCounterClass* klass) {
  G_OBJECT_CLASS(klass)->get_property = Get;
  g_object_class_install_property(G_OBJECT_CLASS(klass), kCount,
                                  g_param_spec_uint("count", "", "", 0, G_MAXUINT, 0, G_PARAM_READABLE));
  gst_element_class_set_static_metadata(GST_ELEMENT_CLASS(klass), "Counter", "Debug", "Counts quarks", "tests");
}

void quark_counter_init(QuarkCounter*) {}

}  // namespace

// What Node calls.
extern "C" void* napi_register_module_v1(void*, void* exports) {
  gst_element_register(nullptr, "quarkcounter", GST_RANK_NONE, quark_counter_get_type());
  return exports;
}
