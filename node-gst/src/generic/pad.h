// Pads: getting and releasing them, and the probes that keep an unlinked pad from answering `not-linked`.
#pragma once
#include "generic/object.h"

namespace generic {

// Holds data on a new src pad until Unblock(). Any thread, inside the emission that brings the pad.
void BlockPad(GstPad* pad);
// Drops all data on a src pad for the pad's life: the pusher sees success. Any thread.
void DrainPad(GstPad* pad);

Napi::Value StaticPad(Wrapper& self, const Args& args);
Napi::Value RequestPad(Wrapper& self, const Args& args);
Napi::Value ReleasePad(Wrapper& self, const Args& args);
Napi::Value Pads(Wrapper& self, const Args& args);
Napi::Value Caps(Wrapper& self, const Args& args);
Napi::Value Unblock(Wrapper& self, const Args& args);

}  // namespace generic
