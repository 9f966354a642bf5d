/* A GStreamer plugin whose element `crash` lets 100 buffers pass and then writes to where nothing is. */
#include <gst/base/gstbasetransform.h>

typedef struct {
  GstBaseTransform parent;
  guint passed;
} Crash;

typedef GstBaseTransformClass CrashClass;

G_DEFINE_TYPE(Crash, crash, GST_TYPE_BASE_TRANSFORM)

static GstFlowReturn crash_transform(GstBaseTransform *transform, GstBuffer *buffer) {
  Crash *crash = (Crash *)transform;
  volatile int *nowhere = NULL;
  (void)buffer;
  if (++crash->passed > 100) *nowhere = 1;
  return GST_FLOW_OK;
}

static void crash_init(Crash *crash) {
  gst_base_transform_set_passthrough(GST_BASE_TRANSFORM(crash), TRUE);
}

static void crash_class_init(CrashClass *class) {
  static GstStaticPadTemplate sink = GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
  static GstStaticPadTemplate source = GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
  GstElementClass *element = GST_ELEMENT_CLASS(class);
  gst_element_class_add_static_pad_template(element, &sink);
  gst_element_class_add_static_pad_template(element, &source);
  gst_element_class_set_static_metadata(element, "Crash", "Test", "Crashes", "the tests");
  class->transform_ip = crash_transform;
}

static gboolean crash_plugin_init(GstPlugin *plugin) {
  return gst_element_register(plugin, "crash", GST_RANK_NONE, crash_get_type());
}

#define PACKAGE "crash"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, crash, "for tests", crash_plugin_init, "1", "LGPL", "crash", "none")
