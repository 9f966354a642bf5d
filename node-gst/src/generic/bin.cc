#include "generic/bin.h"

#include "generic/error.h"
#include "generic/generic.h"

namespace generic {

namespace {

std::string NameOf(gpointer object) {
  const GCharPtr name(gst_object_get_path_string(GST_OBJECT(object)));
  return name.get();
}

[[noreturn]] void FailCore(Wrapper& self, GstCoreError code, const std::string& message) {
  throw GstError(self.environment(), {message, g_quark_to_string(GST_CORE_ERROR), code});
}

[[noreturn]] void FailLink(Wrapper& self, GObject* destination) {
  FailCore(self, GST_CORE_ERROR_PAD, "cannot link " + NameOf(self.object()) + " to " + NameOf(destination));
}

GObjectRef<GstObject> ParentOf(GObject* object) {
  return GObjectRef<GstObject>::Take(gst_object_get_parent(GST_OBJECT(object)));
}

}  // namespace

Napi::Value Add(Wrapper& self, const Args& args) {
  auto* bin = self.As<GstBin>(args, GST_TYPE_BIN);
  for (size_t i = 0; i < args.size(); ++i) {
    GObject* element = args.Object(i, "elements", GST_TYPE_ELEMENT);
    if (ParentOf(element)) args.Fail(NameOf(element) + " is in a bin already");
    if (!gst_bin_add(bin, GST_ELEMENT(element))) {
      FailCore(self, GST_CORE_ERROR_FAILED, NameOf(bin) + " did not take " + NameOf(element) + ": the name may be taken");
    }
  }
  return self.self();
}

Napi::Value Remove(Wrapper& self, const Args& args) {
  auto* bin = self.As<GstBin>(args, GST_TYPE_BIN);
  for (size_t i = 0; i < args.size(); ++i) {
    GObject* element = args.Object(i, "elements", GST_TYPE_ELEMENT);
    if (ParentOf(element).get() != GST_OBJECT(bin)) args.Fail(NameOf(element) + " is not in this bin");
    if (!gst_bin_remove(bin, GST_ELEMENT(element))) {
      FailCore(self, GST_CORE_ERROR_FAILED, NameOf(bin) + " did not give " + NameOf(element) + " away");
    }
  }
  return self.self();
}

Napi::Value ByName(Wrapper& self, const Args& args) {
  auto* bin = self.As<GstBin>(args, GST_TYPE_BIN);
  const auto element = GObjectRef<GstElement>::Take(gst_bin_get_by_name(bin, args.Text(0, "name").c_str()));
  return WrapOrNull(self.environment(), element.get());
}

Napi::Value Link(Wrapper& self, const Args& args) {
  const bool pads = GST_IS_PAD(self.object());
  GObject* source = pads ? self.object() : G_OBJECT(self.As<GstElement>(args, GST_TYPE_ELEMENT));
  GObject* destination = args.Object(0, "destination", pads ? GST_TYPE_PAD : GST_TYPE_ELEMENT);
  const auto text = args.OptionalText(1, "caps");
  bool linked = false;
  if (pads) {
    if (text) args.Fail("\"caps\" are for links between elements");
    linked = gst_pad_link(GST_PAD(source), GST_PAD(destination)) == GST_PAD_LINK_OK;
  } else {
    const GstMini<GstCaps> caps(text ? gst_caps_from_string(text->c_str()) : nullptr);
    if (text && !caps) args.Fail("\"caps\" must be caps in GStreamer's syntax, got \"" + *text + '"');
    linked = gst_element_link_filtered(GST_ELEMENT(source), GST_ELEMENT(destination), caps.get());
  }
  if (!linked) FailLink(self, destination);
  return args[0];
}

Napi::Value Unlink(Wrapper& self, const Args& args) {
  if (GST_IS_PAD(self.object())) {
    gst_pad_unlink(GST_PAD(self.object()), GST_PAD(args.Object(0, "destination", GST_TYPE_PAD)));
  } else {
    auto* source = self.As<GstElement>(args, GST_TYPE_ELEMENT);
    gst_element_unlink(source, GST_ELEMENT(args.Object(0, "destination", GST_TYPE_ELEMENT)));
  }
  return self.self();
}

Napi::Value LinkPads(Wrapper& self, const Args& args) {
  auto* source = self.As<GstElement>(args, GST_TYPE_ELEMENT);
  const std::string source_pad = args.Text(0, "sourcePad");
  GObject* destination = args.Object(1, "destination", GST_TYPE_ELEMENT);
  const std::string sink_pad = args.Text(2, "sinkPad");
  if (!gst_element_link_pads(source, source_pad.c_str(), GST_ELEMENT(destination), sink_pad.c_str())) {
    FailCore(self, GST_CORE_ERROR_PAD,
             "cannot link " + NameOf(source) + '.' + source_pad + " to " + NameOf(destination) + '.' + sink_pad);
  }
  return self.self();
}

Napi::Value ToDot(Wrapper& self, const Args& args) {
  // Neither caps in full nor properties of elements: among them are keys. Those of pads are there all the same (1.22).
  constexpr auto kDetails = static_cast<GstDebugGraphDetails>(GST_DEBUG_GRAPH_SHOW_MEDIA_TYPE | GST_DEBUG_GRAPH_SHOW_STATES);
  const GCharPtr text(gst_debug_bin_to_dot_data(self.As<GstBin>(args, GST_TYPE_BIN), kDetails));
  return Napi::String::New(self.environment().env(), text.get());
}

}  // namespace generic
