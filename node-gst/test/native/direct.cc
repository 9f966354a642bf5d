// The RTCP of the direct egress.
#include "direct.h"

#include "programs.h"

int RunDirect(uint32_t steps) {
  direct::Random random;
  direct::CheckReports(random, steps);
  direct::CheckResends(random, steps);
  direct::CheckFeedback(random, steps);
  std::printf("as it should be\n");
  return 0;
}
