// State changes, and the end of elements.
#pragma once
#include <vector>

#include "generic/object.h"

namespace generic {

Napi::Value SetState(Wrapper& self, const Args& args);
Napi::Value SyncStateWithParent(Wrapper& self, const Args& args);

// True for an element outside of any bin that is above NULL or on its way there. Any thread.
bool IsLive(GstElement* element);

// Takes an element to NULL and silences its bus. Blocks; for the pool.
void Stop(GstElement* element);

// The live elements of an environment. JS thread.
std::vector<GObjectRef<GstElement>> LiveElements(Environment& environment);

// Stops them on several threads at once, and waits for it, but not for ever: an exit must not hang on a stuck element.
// False where it gave up.
bool StopAll(std::vector<GObjectRef<GstElement>> elements);

}  // namespace generic
