// Programs on the forwarding core that are run under sanitizers. No Node, no GStreamer.
#pragma once
#include <cstddef>
#include <cstdint>

// Threads against each other for some seconds. Returns the exit code.
int RunStress(double seconds);
// Taps and their readers likewise.
int RunTaps(double seconds);
// So many steps of random operations, compared with models.
int RunModels(uint32_t steps);
// So many hostile packets. Returns the exit code.
int RunHostile(uint32_t packets);
// So many steps of the direct egress's RTCP, compared with bytes and models. Returns the exit code.
int RunDirect(uint32_t steps);
// So many steps of the direct reception, likewise.
int RunReception(uint32_t steps);
// So many packets encrypted, and decrypted by libsrtp.
int RunSrtp(uint32_t packets);
// The direct egress, its threads against each other for some seconds.
int RunEgress(double seconds);
// So many steps of packets that wait for the rest of their picture. Returns the exit code.
int RunPictures(uint32_t steps);
// Prints what a packet of this size costs.
int TimeSrtp(size_t size);
