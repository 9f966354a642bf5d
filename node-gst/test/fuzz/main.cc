// libFuzzer on one target: `program --target=rtp <libFuzzer's arguments>`.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "targets.h"

namespace {

constexpr struct {
  const char* name;
  void (*run)(fuzz::Bytes);
} kTargets[] = {
    {"rtp", fuzz::Rtp},           {"payload", fuzz::Payload}, {"rtcp", fuzz::Rtcp},
    {"feedback", fuzz::Feedback}, {"srtp", fuzz::Srtp},
};

void (*chosen)(fuzz::Bytes) = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  constexpr char kFlag[] = "--target=";
  for (int i = 1; i < *count; ++i) {
    const char* const argument = (*arguments)[i];
    if (std::strncmp(argument, kFlag, sizeof kFlag - 1) != 0) continue;
    for (const auto& target : kTargets) {
      if (std::strcmp(argument + sizeof kFlag - 1, target.name) == 0) chosen = target.run;
    }
  }
  if (chosen != nullptr) return 0;
  std::fprintf(stderr, "no such target\n");
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  chosen({data, size});
  return 0;
}
