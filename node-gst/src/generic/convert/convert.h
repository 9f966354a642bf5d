// Values between GObject and JavaScript. This folder is the only place that knows how each type looks on the other side:
// to-js.cc and from-js.cc, a table of types each, read side by side.
#pragma once
#include <glib-object.h>
#include <gst/gst.h>
#include <napi.h>

#include <string>

#include "generic/env.h"
#include "ref.h"

namespace generic {

inline constexpr double kSafeInteger = 9007199254740991;  // 2^53 - 1

// Throws a TypeError naming the GType where it has no JS form. `what` begins the message. JS thread.
Napi::Value ToJs(Environment& environment, const GValue* value, const std::string& what);

// The fields of a structure as an object; null for null. JS thread.
Napi::Value StructureToJs(Environment& environment, const GstStructure* structure, const std::string& what);

// `value` as a GValue of this type, checked against the ranges of `spec` where there is one. JS thread.
GValueHolder FromJs(const Napi::Value& value, GType type, const GParamSpec* spec, const std::string& what);

}  // namespace generic
