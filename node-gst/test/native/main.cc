// Usage: program stress|taps <seconds> | program hostile <packets> | program models|direct <steps>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "programs.h"

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "stress") == 0) return RunStress(std::atof(argv[2]));
  if (argc == 3 && std::strcmp(argv[1], "taps") == 0) return RunTaps(std::atof(argv[2]));
  if (argc == 3 && std::strcmp(argv[1], "models") == 0) return RunModels(static_cast<uint32_t>(std::atoi(argv[2])));
  if (argc == 3 && std::strcmp(argv[1], "direct") == 0) return RunDirect(static_cast<uint32_t>(std::atoi(argv[2])));
  if (argc == 3 && std::strcmp(argv[1], "hostile") == 0) return RunHostile(static_cast<uint32_t>(std::atoi(argv[2])));
  std::fprintf(stderr, "usage: %s stress|taps <seconds> | hostile <packets> | models|direct <steps>\n", argv[0]);
  return 64;
}
