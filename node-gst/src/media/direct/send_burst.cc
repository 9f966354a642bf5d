#include "media/direct/send_burst.h"

#include <utility>
#include <vector>

namespace media {
namespace {

struct Waiting {
  bool open = false;
  std::vector<std::shared_ptr<Flushable>> keepers;

  void Flush() noexcept {
    for (const auto& keeper : keepers) keeper->Flush();
    keepers.clear();
  }
};

thread_local Waiting waiting;

}  // namespace

SendBurst::SendBurst() noexcept : is_outermost_(!std::exchange(waiting.open, true)) {}

SendBurst::~SendBurst() {
  if (!is_outermost_) return;
  waiting.Flush();
  waiting.open = false;
}

void SendBurst::Add(std::shared_ptr<Flushable> keeper) {
  if (waiting.keepers.size() == kMost) waiting.Flush();
  waiting.keepers.push_back(std::move(keeper));
}

}  // namespace media
