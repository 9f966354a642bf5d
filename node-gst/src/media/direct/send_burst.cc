#include "media/direct/send_burst.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace media {
namespace {

// Everything that waits on one thread. Not initialised, so that memory is taken only for as many packets as ever waited.
struct Waiting {
  struct Packet {
    std::shared_ptr<Transport> transport;
    size_t size;
    std::array<uint8_t, SendBurst::kPacketSize> bytes;
  };

  bool open = false;
  size_t count = 0;
  std::array<Packet, SendBurst::kPackets> packets;

  void Flush() noexcept;
};

Waiting& OfThisThread() {
  static thread_local const auto waiting = std::make_unique_for_overwrite<Waiting>();
  return *waiting;
}

// In the order they were added, as far as they have the same way.
void Waiting::Flush() noexcept {
  std::array<uint16_t, SendBurst::kPackets> order;
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::iota(order.begin(), end, uint16_t{0});
  const auto transport_of = [&](uint16_t i) { return packets[i].transport.get(); };
  if (count > 1) {
    std::sort(order.begin(), end, [&](uint16_t a, uint16_t b) {
      return transport_of(a) != transport_of(b) ? std::less<>()(transport_of(a), transport_of(b)) : a < b;
    });
  }
  std::array<Bytes, SendBurst::kPackets> run;
  for (auto at = order.begin(); at != end;) {
    Transport* const transport = transport_of(*at);
    size_t size = 0;
    for (; at != end && transport_of(*at) == transport; ++at) {
      run[size++] = Bytes(packets[*at].bytes).first(packets[*at].size);
    }
    transport->SendRtp({run.data(), size});
  }
  for (size_t i = 0; i < count; ++i) packets[i].transport.reset();
  count = 0;
}

}  // namespace

SendBurst::SendBurst() : is_outermost_(!std::exchange(OfThisThread().open, true)) {}

SendBurst::~SendBurst() {
  if (!is_outermost_) return;
  Waiting& waiting = OfThisThread();
  waiting.Flush();
  waiting.open = false;
}

SendBurst::Buffer SendBurst::Next() noexcept {
  Waiting& waiting = OfThisThread();
  if (waiting.count == kPackets) waiting.Flush();
  return waiting.packets[waiting.count].bytes;
}

void SendBurst::Add(const std::shared_ptr<Transport>& transport, size_t size) noexcept {
  Waiting& waiting = OfThisThread();
  Waiting::Packet& packet = waiting.packets[waiting.count++];
  packet.transport = transport;
  packet.size = size;
}

}  // namespace media
