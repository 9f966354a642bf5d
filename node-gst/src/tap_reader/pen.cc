#include "tap_reader/pen.h"

#include <utility>

namespace tap_reader {
namespace {

// More SSRCs than a conversation has; whoever invents them is told of some twice.
constexpr size_t kMaxSeen = 1024;

}  // namespace

bool Pen::Add(StreamPacket packet) {
  if (seen_.size() >= kMaxSeen) seen_.clear();
  const bool first = seen_.insert(packet.ssrc).second;
  bytes_ += packet.bytes.size();
  packets_.push_back(std::move(packet));
  while (packets_.size() > kMaxPackets || bytes_ > kMaxBytes) {
    bytes_ -= packets_.front().bytes.size();
    packets_.pop_front();
    dropped_ += 1;
  }
  return first;
}

std::vector<StreamPacket> Pen::Take(uint32_t ssrc) {
  seen_.erase(ssrc);
  std::vector<StreamPacket> taken;
  std::erase_if(packets_, [&](StreamPacket& packet) {
    if (packet.ssrc != ssrc) return false;
    bytes_ -= packet.bytes.size();
    taken.push_back(std::move(packet));
    return true;
  });
  return taken;
}

}  // namespace tap_reader
