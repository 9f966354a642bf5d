// Loaded into the process of a test: who asks an ICE object of webrtcbin's to add the local address "state 5" has its agent
// tell that the state of its component is 5. There is no other way to have it tell something at a moment of one's own.
#include <glib-object.h>

#include <cstdio>

namespace {

gboolean Tell(GSignalInvocationHint*, guint, const GValue* values, gpointer) {
  guint state = 0;
  if (std::sscanf(g_value_get_string(&values[1]), "state %u", &state) != 1) return TRUE;
  GObject* agent = nullptr;
  g_object_get(g_value_get_object(&values[0]), "agent", &agent, nullptr);
  g_signal_emit_by_name(agent, "component-state-changed", 1u, 1u, state);
  g_object_unref(agent);
  return TRUE;
}

}  // namespace

// What Node calls; webrtcbin has made its types before.
extern "C" void* napi_register_module_v1(void*, void* exports) {
  const guint signal = g_signal_lookup("add-local-ip-address", g_type_from_name("GstWebRTCICE"));
  g_signal_add_emission_hook(signal, 0, Tell, nullptr, nullptr);
  return exports;
}
