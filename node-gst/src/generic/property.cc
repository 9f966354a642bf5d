#include "generic/property.h"

#include "generic/convert/convert.h"

namespace generic {

namespace {

GParamSpec* Find(const Wrapper& self, const Args& args, const std::string& name, GParamFlags flag) {
  GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(self.object()), name.c_str());
  const std::string owner = G_OBJECT_TYPE_NAME(self.object());
  if (spec == nullptr) args.Fail(owner + " has no property \"" + name + '"');
  if ((spec->flags & flag) == 0) {
    args.Fail("property \"" + name + "\" of " + owner + (flag == G_PARAM_READABLE ? " cannot be read" : " cannot be written"));
  }
  return spec;
}

}  // namespace

Napi::Value Get(Wrapper& self, const Args& args) {
  const std::string name = args.Text(0, "property");
  const GParamSpec* spec = Find(self, args, name, G_PARAM_READABLE);
  GValueHolder value(spec->value_type);
  g_object_get_property(self.object(), name.c_str(), value.get());
  return ToJs(self.environment(), value.get(), "get: property \"" + name + '"');
}

Napi::Value Set(Wrapper& self, const Args& args) {
  const std::string name = args.Text(0, "property");
  GParamSpec* spec = Find(self, args, name, G_PARAM_WRITABLE);
  const std::string what = "set: property \"" + name + "\" of " + G_OBJECT_TYPE_NAME(self.object());
  if ((spec->flags & G_PARAM_CONSTRUCT_ONLY) != 0) args.Fail("property \"" + name + "\" can only be set when the object is made");
  const GValueHolder value = FromJs(args[1], spec->value_type, spec, what);
  g_object_set_property(self.object(), name.c_str(), value.get());
  return self.self();
}

}  // namespace generic
