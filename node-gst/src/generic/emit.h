// Action signals.
#pragma once
#include <vector>

#include "generic/object.h"

namespace generic {

// An emission in the making: the signal with its detail, and instance and arguments as values. JS thread.
struct Emission {
  guint id;
  GQuark detail;
  GSignalQuery query;
  std::vector<GValueHolder> values;

  // Parses the signal's name and the arguments behind it. With `promise` the signal's last parameter is left out.
  static Emission Parse(Wrapper& self, const Args& args, bool promise);
  // Returns the signal's return value; unset for none.
  GValueHolder Run();
};

Napi::Value Emit(Wrapper& self, const Args& args);

}  // namespace generic
