// Values between GObject and JavaScript: the only place that knows how each type looks on the other side.
#pragma once
#include <glib-object.h>
#include <gst/gst.h>
#include <napi.h>

#include <string>

#include "generic/env.h"
#include "ref.h"

namespace generic {

// Throws a TypeError naming the GType where it has no JS form. `what` begins the message. JS thread.
Napi::Value ToJs(Environment& environment, const GValue* value, const std::string& what);

// The fields of a structure as an object; null for null. JS thread.
Napi::Value StructureToJs(Environment& environment, const GstStructure* structure, const std::string& what);

// `value` as a GValue of this type, checked against the ranges of `spec` where there is one. JS thread.
GValueHolder FromJs(const Napi::Value& value, GType type, const GParamSpec* spec, const std::string& what);

}  // namespace generic
