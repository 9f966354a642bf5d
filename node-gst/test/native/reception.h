// What the programs on the direct reception share.
#pragma once
#include <cstdint>
#include <map>

#include "direct.h"

namespace reception {

// One feedback message's body, its two SSRCs included, against what arrived. `told_to` is the number behind the last that
// was told; numbers are not wrapped. Marks what it tells as arrived.
void CheckArrivalBody(const direct::Packet& body, uint8_t count, uint64_t& told_to,
                      const std::map<uint64_t, int64_t>& arrived, std::map<uint64_t, bool>& told, uint32_t step);

// A publisher and a receiver's slot with a lossy way between the publisher and the reception.
void CheckWhole(direct::Random& random, uint32_t steps);
// Whatever may come from whoever has no keys, and from whoever has.
void CheckHostile(direct::Random& random, uint32_t steps);
// What is read of a device that sends ten times as many reports as may be.
void CheckReportRate();
// Datagrams, reports and figures on several threads, and the end in the middle of it.
void CheckThreads();
// Its sockets: who gets what of a port, and who reads it.
void CheckPorts();

}  // namespace reception
