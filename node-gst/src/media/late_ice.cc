#include "media/late_ice.h"

namespace media {

// Blocked and not disconnected: whoever connected a handler disconnects it. One by one: GLib 2.74 blocks none of a signal all
// at once.
void NoLateIce(NiceAgent* agent) noexcept {
  const guint signal = g_signal_lookup("component-state-changed", NICE_TYPE_AGENT);
  const auto unblocked = static_cast<GSignalMatchType>(G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_UNBLOCKED);
  const auto next = [&] { return g_signal_handler_find(agent, unblocked, signal, 0, nullptr, nullptr, nullptr); };
  for (gulong handler = next(); handler != 0; handler = next()) g_signal_handler_block(agent, handler);
}

}  // namespace media
