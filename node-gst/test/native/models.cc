// The queues of a tap against models written as plainly as possible, at random; and a reader's streams under whatever
// may come.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "media/ntp.h"
#include "media/tap/frame_ring.h"
#include "programs.h"
#include "tap_reader/frame_reader.h"
#include "tap_reader/reorder_window.h"
#include "tap_reader/stream.h"

namespace {

using Random = std::mt19937;
using tap_reader::ReorderWindow;

void Check(bool right, const char* what, uint32_t step) {
  if (right) return;
  std::printf("%s, step %u\n", what, step);
  std::exit(1);
}

std::vector<uint8_t> Noise(Random& random, size_t size) {
  std::vector<uint8_t> bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

void CheckRing(Random& random, uint32_t steps) {
  media::FrameRing ring(1000);
  std::deque<uint8_t> model;
  for (uint32_t i = 0; i < steps; ++i) {
    if (random() % 2 == 0) {
      const auto first = Noise(random, random() % 200);
      const auto second = Noise(random, random() % 200);
      const bool fits = model.size() + first.size() + second.size() <= 1000;
      Check(ring.Put(first, second) == fits, "ring: what fits", i);
      if (!fits) continue;
      model.insert(model.end(), first.begin(), first.end());
      model.insert(model.end(), second.begin(), second.end());
    } else {
      const auto pieces = ring.Front();
      Check(pieces.size() == model.size() && ring.size() == model.size(), "ring: size", i);
      std::vector<uint8_t> all(pieces.first.begin(), pieces.first.end());
      all.insert(all.end(), pieces.second.begin(), pieces.second.end());
      Check(std::equal(all.begin(), all.end(), model.begin(), model.end()), "ring: bytes", i);
      const size_t count = model.empty() ? 0 : random() % (model.size() + 1);
      ring.Consume(count);
      model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(count));
    }
  }
  ring.Release();
  Check(ring.size() == 0 && !ring.Put(Noise(random, 1), {}), "ring: released", steps);
}

void CheckFrames(Random& random, uint32_t steps) {
  tap_reader::FrameReader reader;
  std::deque<std::vector<uint8_t>> sent;
  std::deque<uint8_t> wire;
  for (uint32_t i = 0; i < steps; ++i) {
    while (wire.size() < 100'000) {
      // Some are empty, some as large as can be.
      const size_t size = random() % 50 == 0 ? 65'535 : random() % 8 == 0 ? 0 : random() % 1500;
      sent.push_back(Noise(random, size));
      wire.push_back(static_cast<uint8_t>(size >> 8));
      wire.push_back(static_cast<uint8_t>(size));
      wire.insert(wire.end(), sent.back().begin(), sent.back().end());
    }
    const auto space = reader.Space();
    Check(!space.empty(), "frames: no space", i);
    const size_t count = std::min<size_t>({space.size(), wire.size(), 1 + random() % 70'000});
    std::copy_n(wire.begin(), count, space.begin());
    wire.erase(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(count));
    reader.Filled(count);
    while (const auto frame = reader.Next()) {
      Check(std::equal(frame->begin(), frame->end(), sent.front().begin(), sent.front().end()), "frames: bytes", i);
      sent.pop_front();
    }
  }
}

// Remembers everything, and counts numbers without wrapping.
class WindowModel {
 public:
  explicit WindowModel(int64_t patience) : patience_(patience) {}

  ReorderWindow::Added Add(int64_t number, int64_t now) {
    if (next_ < 0) next_ = number;
    if (out_.contains(number) || held_.contains(number)) return ReorderWindow::Added::kDuplicate;
    if (number < next_) return ReorderWindow::Added::kLate;
    held_[number] = now;
    return ReorderWindow::Added::kHeld;
  }

  // -1 where there is none.
  int64_t Front(int64_t now) const {
    if (held_.empty()) return -1;
    const int64_t front = held_.begin()->first;
    const auto waited = [&](const auto& each) { return now - each.second >= patience_; };
    const bool due = front == next_ || held_.rbegin()->first - next_ >= ReorderWindow::kSpan ||
                     std::any_of(held_.begin(), held_.end(), waited);
    return due ? front : -1;
  }

  uint64_t Pop() {
    const int64_t front = held_.begin()->first;
    const uint64_t lost = static_cast<uint64_t>(front - next_);
    held_.erase(front);
    out_.insert(front);
    next_ = front + 1;
    return lost;
  }

 private:
  const int64_t patience_;
  int64_t next_ = -1;
  std::map<int64_t, int64_t> held_;
  std::set<int64_t> out_;
};

void CheckWindow(Random& random, uint32_t steps) {
  constexpr int64_t kPatience = 100;
  ReorderWindow window(kPatience);
  WindowModel model(kPatience);
  int64_t newest = 60'000;
  int64_t now = 0;
  for (uint32_t i = 0; i < steps; ++i) {
    now += random() % 8;
    int64_t number = newest + 1;
    switch (random() % 16) {
      case 0:
        number += random() % 5;
        break;
      case 1:
        number += random() % 100 == 0 ? random() % 60'000 : random() % 700;
        break;
      case 2:
      case 3:
      case 4:
        number -= random() % 40;
        break;
      case 5:
        number -= random() % 1000;
        break;
      default:
        break;
    }
    // What is further back than the history would be taken for something new.
    if (i == 0) number = newest;
    if (number < 60'000) continue;
    newest = std::max(newest, number);
    tap_reader::StreamPacket packet;
    packet.sequence = static_cast<uint16_t>(number);
    packet.timestamp = static_cast<uint32_t>(number);
    Check(window.Add(std::move(packet), now) == model.Add(number, now), "window: added", i);
    if (random() % 4 == 0) continue;
    for (int64_t front = model.Front(now); ; front = model.Front(now)) {
      const tap_reader::StreamPacket* const packet = window.Front(now);
      Check((packet == nullptr) == (front < 0), "window: due", i);
      if (packet == nullptr) break;
      Check(packet->timestamp == static_cast<uint32_t>(front), "window: which", i);
      Check(window.LostBeforeFront() == model.Pop(), "window: lost", i);
      window.Pop();
    }
  }
}

void CheckTimes(Random& random, uint32_t steps) {
  std::uniform_int_distribution<int64_t> since_1970(0, 4'000'000'000'000'000'000);
  for (uint32_t i = 0; i < steps; ++i) {
    const int64_t time = since_1970(random);
    uint8_t bytes[media::kNtp64Size];
    media::WriteNtp64(bytes, time);
    Check(media::ReadNtp64(bytes) == time, "time", i);
  }
}

// Sometimes full; time must not go back.
class FussySink : public tap_reader::Sink {
 public:
  explicit FussySink(Random& random) : random_(random) {}

  Taken Push(std::vector<uint8_t>&& packet, int64_t pts_ns) noexcept override {
    if (random_() % 8 == 0) return Taken::kFull;
    Check(pts_ns >= pts_ns_ && packet.size() >= 12, "stream: time goes back", 0);
    pts_ns_ = pts_ns;
    packet.clear();
    return Taken::kYes;
  }

 private:
  Random& random_;
  int64_t pts_ns_ = 0;
};

// Packets that are right but for some bytes, in allocations of their own size, captured at any time.
void CheckStream(Random& random, media::Codec codec, uint32_t steps) {
  const bool audio = codec == media::Codec::kOpus;
  tap_reader::StreamOptions options;
  options.codec = codec;
  options.kind = audio ? media::Kind::kAudio : media::Kind::kVideo;
  options.clock_rate = 48'000;
  options.silence = audio;
  tap_reader::Stream stream(options, {}, std::make_shared<FussySink>(random), std::nullopt, [](tap_reader::Event) {});
  int64_t clock = 1'700'000'000'000'000'000;
  for (uint32_t i = 0; i < steps; ++i) {
    clock += random() % 100 == 0 ? static_cast<int64_t>(random()) * 10 : static_cast<int64_t>(random() % 40'000'000);
    std::vector<uint8_t> bytes{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xBE, 0xDE, 0, 3, 0x17};
    bytes.resize(28);
    media::WriteU16(&bytes[2], static_cast<uint16_t>(random() % 10 == 0 ? random() : i));
    media::WriteU32(&bytes[4], i * 960);
    media::WriteNtp64(&bytes[17], clock - (random() % 50 == 0 ? static_cast<int64_t>(random()) * 5 : 0));
    const auto payload = Noise(random, random() % 12);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    if (random() % 4 == 0) bytes[random() % 17] = static_cast<uint8_t>(random());
    if (random() % 16 == 0) bytes.resize(random() % (bytes.size() + 1));
    const std::unique_ptr<uint8_t[]> exact(new uint8_t[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), exact.get());
    auto packet = tap_reader::ParseFrame({exact.get(), bytes.size()});
    if (packet && packet->unix_ns <= clock) stream.Add(std::move(*packet), clock);
    stream.Advance(clock);
    if (random() % 500 == 0) {
      const auto at = random() % 2 == 0 ? tap_reader::SwitchAt::kNow : tap_reader::SwitchAt::kKeyframe;
      stream.SwitchTo(std::make_shared<FussySink>(random), at, random() % 2 == 0 ? std::optional(clock) : std::nullopt);
    }
  }
  Check(stream.stats().packets > 0, "stream: nothing came through", steps);
}

}  // namespace

int RunModels(uint32_t steps) {
  Random random(1);
  CheckRing(random, steps);
  CheckFrames(random, steps / 100);
  CheckTimes(random, steps);
  for (uint32_t round = 0; round < 10; ++round) CheckWindow(random, steps);
  for (const auto codec : {media::Codec::kOpus, media::Codec::kVp8, media::Codec::kH264}) {
    CheckStream(random, codec, steps);
  }
  std::printf("as the models\n");
  return 0;
}
