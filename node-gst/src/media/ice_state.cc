#include "media/ice_state.h"

namespace media {
namespace {

constexpr const char* kSignal = "component-state-changed";

bool IsConnected(NiceComponentState state) {
  return state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY;
}

// Behind webrtcbin's own handler. Whoever tells of another state meanwhile has this called, too: the last one to look sees
// the last state.
void OnState(NiceAgent* agent, guint stream, guint component, guint told, gpointer) {
  if (IsConnected(static_cast<NiceComponentState>(told))) return;
  const NiceComponentState state = nice_agent_get_component_state(agent, stream, component);
  if (IsConnected(state)) g_signal_emit_by_name(agent, kSignal, stream, component, static_cast<guint>(state));
}

gulong FindHandler(NiceAgent* agent, int match, gpointer function) {
  const guint signal = g_signal_lookup(kSignal, NICE_TYPE_AGENT);
  const auto matches = static_cast<GSignalMatchType>(G_SIGNAL_MATCH_ID | match);
  return g_signal_handler_find(agent, matches, signal, 0, nullptr, function, nullptr);
}

}  // namespace

void NoStaleIce(NiceAgent* agent) noexcept {
  if (FindHandler(agent, G_SIGNAL_MATCH_FUNC, reinterpret_cast<gpointer>(OnState)) != 0) return;
  g_signal_connect_after(agent, kSignal, G_CALLBACK(OnState), nullptr);
}

// Blocked and not disconnected: whoever connected a handler disconnects it. One by one: GLib 2.74 blocks none of a signal all
// at once.
void NoLateIce(NiceAgent* agent) noexcept {
  const auto next = [&] { return FindHandler(agent, G_SIGNAL_MATCH_UNBLOCKED, nullptr); };
  for (gulong handler = next(); handler != 0; handler = next()) g_signal_handler_block(agent, handler);
}

}  // namespace media
