#include "generic/pad.h"

#include <vector>

#include "generic/error.h"
#include "generic/generic.h"

namespace generic {

namespace {

constexpr int kData = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST;

GQuark BlockQuark() { return g_quark_from_static_string("node-gst-block"); }

// Data waits, and the end: a pad that is linked later sends what it has sent before again, but with its next data only,
// and after the end there is none.
GstPadProbeReturn KeepBlocked(GstPad*, GstPadProbeInfo* info, gpointer) {
  const bool is_event = (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) != 0;
  if (!is_event || GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS) return GST_PAD_PROBE_OK;
  return GST_PAD_PROBE_PASS;
}

GstPadProbeReturn DropData(GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_DROP; }

std::string TemplateNames(GstElement* element) {
  std::string names;
  for (GList* item = gst_element_get_pad_template_list(element); item != nullptr; item = item->next) {
    const auto* pad_template = static_cast<GstPadTemplate*>(item->data);
    if (GST_PAD_TEMPLATE_PRESENCE(pad_template) != GST_PAD_REQUEST) continue;
    names += (names.empty() ? "" : ", ") + std::string(GST_PAD_TEMPLATE_NAME_TEMPLATE(pad_template));
  }
  return names.empty() ? "none" : names;
}

GstMini<GstCaps> CapsArgument(const Args& args, size_t index) {
  const auto text = args.OptionalText(index, "caps");
  if (!text) return nullptr;
  GstMini<GstCaps> caps(gst_caps_from_string(text->c_str()));
  if (!caps) args.Fail("\"caps\" must be caps in GStreamer's syntax, got \"" + *text + '"');
  return caps;
}

}  // namespace

void BlockPad(GstPad* pad) {
  if (!GST_PAD_IS_SRC(pad)) return;
  const auto type = static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | kData);
  const gulong probe = gst_pad_add_probe(pad, type, KeepBlocked, nullptr, nullptr);
  g_object_set_qdata(G_OBJECT(pad), BlockQuark(), reinterpret_cast<gpointer>(probe));
}

void DrainPad(GstPad* pad) {
  if (GST_PAD_IS_SRC(pad)) gst_pad_add_probe(pad, static_cast<GstPadProbeType>(kData), DropData, nullptr, nullptr);
}

Napi::Value StaticPad(Wrapper& self, const Args& args) {
  auto* element = self.As<GstElement>(args, GST_TYPE_ELEMENT);
  const auto pad = GObjectRef<GstPad>::Take(gst_element_get_static_pad(element, args.Text(0, "name").c_str()));
  return WrapOrNull(self.environment(), pad.get());
}

Napi::Value RequestPad(Wrapper& self, const Args& args) {
  auto* element = self.As<GstElement>(args, GST_TYPE_ELEMENT);
  const std::string name = args.Text(0, "template");
  GstPadTemplate* pad_template = gst_element_get_pad_template(element, name.c_str());
  if (pad_template == nullptr || GST_PAD_TEMPLATE_PRESENCE(pad_template) != GST_PAD_REQUEST) {
    args.Fail(std::string(G_OBJECT_TYPE_NAME(element)) + " has no request pads \"" + name + "\"; it has: " + TemplateNames(element));
  }
  const auto pad_name = args.OptionalText(1, "name");
  const auto caps = CapsArgument(args, 2);
  const auto pad = GObjectRef<GstPad>::Take(
      gst_element_request_pad(element, pad_template, pad_name ? pad_name->c_str() : nullptr, caps.get()));
  return WrapOrNull(self.environment(), pad.get());
}

Napi::Value ReleasePad(Wrapper& self, const Args& args) {
  auto* element = self.As<GstElement>(args, GST_TYPE_ELEMENT);
  auto* pad = GST_PAD(args.Object(0, "pad", GST_TYPE_PAD));
  const auto parent = GObjectRef<GstObject>::Take(gst_object_get_parent(GST_OBJECT(pad)));
  if (parent.get() != GST_OBJECT(element)) args.Fail("\"pad\" is not a pad of this element");
  const GstPadTemplate* pad_template = GST_PAD_PAD_TEMPLATE(pad);
  if (pad_template == nullptr || GST_PAD_TEMPLATE_PRESENCE(pad_template) != GST_PAD_REQUEST) {
    args.Fail("\"pad\" was not requested");
  }
  gst_element_release_request_pad(element, pad);
  return self.self();
}

Napi::Value Pads(Wrapper& self, const Args& args) {
  auto* element = self.As<GstElement>(args, GST_TYPE_ELEMENT);
  std::vector<GObjectRef<GstPad>> pads;
  GST_OBJECT_LOCK(element);
  for (GList* item = element->pads; item != nullptr; item = item->next) {
    pads.push_back(GObjectRef<GstPad>::Share(GST_PAD(item->data)));
  }
  GST_OBJECT_UNLOCK(element);
  const Napi::Array array = Napi::Array::New(self.env(), pads.size());
  for (uint32_t i = 0; i < pads.size(); ++i) array.Set(i, Wrap(self.env(), G_OBJECT(pads[i].get())));
  return array;
}

Napi::Value Caps(Wrapper& self, const Args& args) {
  const GstMini<GstCaps> caps(gst_pad_get_current_caps(self.As<GstPad>(args, GST_TYPE_PAD)));
  if (!caps) return self.env().Null();
  return Napi::String::New(self.env(), GCharPtr(gst_caps_to_string(caps.get())).get());
}

Napi::Value Unblock(Wrapper& self, const Args& args) {
  auto* pad = self.As<GstPad>(args, GST_TYPE_PAD);
  const auto probe = reinterpret_cast<gulong>(g_object_steal_qdata(G_OBJECT(pad), BlockQuark()));
  if (probe != 0) gst_pad_remove_probe(pad, probe);
  return Napi::Boolean::New(self.env(), probe != 0);
}

}  // namespace generic
