#include "generic/arguments.h"

#include "generic/convert/convert.h"

namespace generic {

bool SignalExists(GType type, const std::string& name) {
  guint id = 0;
  GQuark detail = 0;
  return g_signal_parse_name(name.c_str(), type, &id, &detail, TRUE);
}

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

std::vector<napi_value> ArgumentsToJs(Environment& environment, const Values& values, const std::string& signal) {
  std::vector<napi_value> arguments;
  for (const auto& value : values) {
    arguments.push_back(ToJs(environment, value.get(), "on: an argument of \"" + signal + '"'));
  }
  return arguments;
}

}  // namespace generic
