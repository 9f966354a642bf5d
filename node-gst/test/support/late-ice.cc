// Loaded into the process of a test: who asks an ICE object of webrtcbin's to add the local address "5" has its agent tell
// that the state of its component is 5. There is no other way to have it tell something at a moment of one's own.
#include <glib-object.h>

namespace {

gboolean Tell(GSignalInvocationHint*, guint, const GValue* values, gpointer) {
  const guint64 state = g_ascii_strtoull(g_value_get_string(&values[1]), nullptr, 10);
  GObject* agent = nullptr;
  g_object_get(g_value_get_object(&values[0]), "agent", &agent, nullptr);
  g_signal_emit_by_name(agent, "component-state-changed", 1u, 1u, static_cast<guint>(state));
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
