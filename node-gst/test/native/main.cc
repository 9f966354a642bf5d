// Usage: program stress|taps|egress <seconds> | hostile|srtp <packets> | models|direct|reception|pictures <steps> | srtp-time <bytes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "programs.h"

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "stress") == 0) return RunStress(std::atof(argv[2]));
  if (argc == 3 && std::strcmp(argv[1], "taps") == 0) return RunTaps(std::atof(argv[2]));
  if (argc == 3 && std::strcmp(argv[1], "egress") == 0) return RunEgress(std::atof(argv[2]));
  if (argc == 3 && std::strcmp(argv[1], "models") == 0) return RunModels(static_cast<uint32_t>(std::atoi(argv[2])));
  if (argc == 3 && std::strcmp(argv[1], "direct") == 0) return RunDirect(static_cast<uint32_t>(std::atoi(argv[2])));
  if (argc == 3 && std::strcmp(argv[1], "reception") == 0) return RunReception(static_cast<uint32_t>(std::atoi(argv[2])));
  if (argc == 3 && std::strcmp(argv[1], "pictures") == 0) return RunPictures(static_cast<uint32_t>(std::atoi(argv[2])));
  if (argc == 3 && std::strcmp(argv[1], "hostile") == 0) return RunHostile(static_cast<uint32_t>(std::atoi(argv[2])));
  if (argc == 3 && std::strcmp(argv[1], "srtp") == 0) return RunSrtp(static_cast<uint32_t>(std::atoi(argv[2])));
  if (argc == 3 && std::strcmp(argv[1], "srtp-time") == 0) return TimeSrtp(static_cast<size_t>(std::atoi(argv[2])));
  std::fprintf(stderr, "usage: %s stress|taps|egress <seconds> | hostile|srtp <packets> | models|direct|reception|pictures <steps> | srtp-time <bytes>\n",
               argv[0]);
  return 64;
}
