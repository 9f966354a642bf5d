// GstError: errors of GStreamer as JS errors of the class that index.cjs gave.
#pragma once
#include <glib.h>
#include <napi.h>

#include <string>

#include "generic/env.h"

namespace generic {

// An error as text, to carry between threads.
struct ErrorText {
  std::string message;
  std::string domain;
  int code = 0;

  static ErrorText Of(const GError* error);
};

// JS thread.
Napi::Error GstError(Environment& environment, const ErrorText& error);

}  // namespace generic
