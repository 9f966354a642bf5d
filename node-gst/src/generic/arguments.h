// The arguments of a signal on their way from an emission, on any thread, to JavaScript.
#pragma once
#include <glib-object.h>
#include <napi.h>

#include <string>
#include <string_view>
#include <vector>

#include "generic/env.h"
#include "ref.h"

namespace generic {

inline constexpr std::string_view kNotify = "notify::";

using Values = std::vector<GValueHolder>;

bool SignalExists(GType type, const std::string& name);

// The arguments behind the instance. For `notify::x` the property's value, read inside the emission: later it may have
// moved on. A bare `notify` gets the name only, for a read may need a lock that is held. Any thread.
Values CopyArguments(const std::string& signal, guint count, const GValue* values);

// JS thread.
std::vector<napi_value> ArgumentsToJs(Environment& environment, const Values& values, const std::string& signal);

}  // namespace generic
