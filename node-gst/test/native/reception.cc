// What a direct reception counts, asks for and tells, against models written as plainly as possible.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "direct.h"
#include "media/direct/retransmitter.h"
#include "media/direct/transport_feedback.h"
#include "media/ntp.h"
#include "media/reception/arrival_log.h"
#include "media/reception/nack_list.h"
#include "media/reception/repair_packet.h"
#include "media/reception/source_stats.h"
#include "programs.h"
#include "reception.h"

namespace {

using namespace media;
using direct::Check;
using direct::kMs;
using direct::kSecond;
using direct::Packet;
using direct::Random;

// Losses, packets that overtake each other, and wraps; the model knows the numbers without wraps.
void CheckStats(Random& random, uint32_t steps) {
  SourceStats stats(7, 90'000);
  Check(!stats.fresh() && stats.lost() == 0 && stats.Report(0).lost == 0, "stats: of nothing");
  const uint64_t first = 65'400;
  uint64_t next = first;
  uint64_t highest = first;
  std::vector<uint64_t> held;
  uint64_t received = 0;
  uint64_t expected_before = 0;
  uint64_t received_before = 0;
  for (uint32_t i = 0; i < steps; ++i) {
    uint64_t number = next++;
    if (i > 0 && random() % 10 == 0) continue;
    if (i > 0 && random() % 10 == 0) {
      held.push_back(number);
      continue;
    }
    if (!held.empty() && random() % 4 == 0) std::swap(held.back(), number);
    received += 1;
    highest = std::max(highest, number);
    // Sent and received at the same pace: no jitter.
    stats.OnPacket(static_cast<uint16_t>(number), static_cast<uint32_t>(i * 90), i * kMs);
    if (random() % 50 != 0) continue;
    stats.OnSenderReport(0xABCD0000 + i, i * kMs);
    const ReportBlock block = stats.Report(i * kMs + kSecond / 2);
    const uint64_t expected = highest - first + 1;
    const auto lost = static_cast<int64_t>(expected - expected_before) - static_cast<int64_t>(received - received_before);
    const int64_t fraction = lost <= 0 ? 0 : std::min<int64_t>(255, lost * 256 / static_cast<int64_t>(expected - expected_before));
    Check(block.ssrc == 7 && block.highest_sequence == highest, "stats: highest", i);
    Check(block.lost == static_cast<int32_t>(expected - received), "stats: lost", i);
    Check(block.fraction_lost == fraction && stats.fraction_lost() == fraction, "stats: fraction", i);
    Check(block.last_report == 0xABCD0000 + i && block.since_last_report == 1 << 15, "stats: sender report", i);
    Check(block.jitter == 0 && !stats.fresh(), "stats: jitter, fresh", i);
    expected_before = expected;
    received_before = received;
  }
}

void CheckJitterAndRestart() {
  SourceStats stats(7, 48'000);
  // Every second packet 10 ms late: what differs is 10 ms each time.
  for (int64_t i = 0; i < 500; ++i) stats.OnPacket(static_cast<uint16_t>(i), static_cast<uint32_t>(i * 960), i * 20 * kMs + i % 2 * 10 * kMs);
  Check(std::abs(stats.jitter_ns() - 10 * kMs) < kMs / 10, "jitter: 10 ms");
  for (const uint16_t stray : {30'000, 10'000}) stats.OnPacket(stray, 0, 0);
  Check(stats.lost() == 0 && stats.Report(0).highest_sequence == 499, "jump: not believed");
  for (const uint16_t number : {30'000, 30'001, 30'002}) stats.OnPacket(number, 0, 0);
  const ReportBlock block = stats.Report(0);
  Check(block.lost == 0 && block.highest_sequence == 30'002, "restart: begins anew");
}

// A stream with losses, a sender that answers some requests a time there and back later.
void CheckNacks(Random& random, uint32_t steps) {
  constexpr int64_t kRtt = 60 * kMs;
  NackList list;
  struct Known {
    // Of the packet in front of it.
    int64_t overtaken_ns;
    int tries = 0;
    int64_t asked_ns = 0;
  };
  std::map<uint16_t, Known> missing;
  std::multimap<int64_t, uint16_t> answers;
  uint32_t given_up = 0;
  uint32_t recovered = 0;
  uint16_t sequence = 65'000;
  list.OnPacket(sequence, 0);
  for (uint32_t i = 1; i < steps; ++i) {
    const int64_t now = i * 4 * kMs;
    sequence += 1;
    // Bursts of losses now and then.
    const uint16_t lost = random() % 30 == 0 ? static_cast<uint16_t>(1 + random() % (random() % 10 == 0 ? 60 : 3)) : 0;
    for (uint16_t each = 0; each < lost; ++each) missing[sequence++] = {now - 4 * kMs};
    Check(list.OnPacket(sequence, now), "nacks: not too many", i);
    for (auto at = answers.begin(); at != answers.end() && at->first <= now; at = answers.erase(at)) {
      const int64_t took = list.OnRepaired(at->second, now);
      const auto known = missing.find(at->second);
      if (known == missing.end()) continue;
      Check(took == (known->second.tries == 1 ? now - known->second.asked_ns : -1), "nacks: time there and back", i);
      missing.erase(known);
      recovered += 1;
    }
    list.Due(
        now, kRtt,
        [&](uint16_t number) {
          const auto known = missing.find(number);
          Check(known != missing.end(), "nacks: asked for what is there", i);
          Known& each = known->second;
          const bool overtaken = static_cast<uint16_t>(sequence - number) > NackList::kReorderPackets;
          Check(overtaken || now - each.overtaken_ns >= NackList::kReorderNs, "nacks: asked too soon", i);
          Check(each.tries == 0 || now - each.asked_ns >= kRtt, "nacks: asked again too soon", i);
          Check(++each.tries <= NackList::kMaxTries, "nacks: asked too often", i);
          each.asked_ns = now;
          if (random() % 5 != 0) answers.emplace(now + kRtt, number);
          return true;
        },
        [&](uint16_t number) {
          Check(missing.erase(number) == 1, "nacks: gave up what it never missed", i);
          given_up += 1;
        });
    for (const auto& [number, each] : missing) {
      const bool late = now - each.overtaken_ns > 12 * kMs && each.tries == 0;
      Check(!late, "nacks: never asked", number);
    }
  }
  Check(recovered > steps / 50 && given_up < recovered / 20 + 1, "nacks: recovered", recovered);
}

void CheckNackBounds() {
  NackList list;
  const auto none = [](uint16_t) { return false; };
  Check(list.OnPacket(10, 0) && list.OnPacket(10 + NackList::kWindow, 0) && !list.empty(), "bounds: as many as there may be");
  size_t asked = 0;
  list.Due(kSecond, -1, [&](uint16_t) { return ++asked < 5; }, none);
  Check(asked == 5, "bounds: as many as there is room for");
  Check(!list.OnPacket(11 + 2 * NackList::kWindow, kSecond) && list.empty(), "bounds: one too many");
  Check(list.OnPacket(40'000, kSecond) && list.empty(), "bounds: a restart");
  list.OnPacket(40'002, kSecond);
  size_t given_up = 0;
  list.Due(3 * kSecond, -1, none, [&](uint16_t number) { given_up += number == 40'001; });
  Check(given_up == 1 && list.empty(), "bounds: too old");
}

// What feedback says against what arrived: each number told at least once, as it was, to the quarter of a millisecond.
void CheckArrivals(Random& random, uint32_t steps) {
  ArrivalLog log;
  std::map<uint64_t, int64_t> arrived;
  std::map<uint64_t, bool> told;
  uint64_t next = 0x10000 + 65'000;
  std::vector<uint64_t> held;
  int64_t now = 17 * kSecond;
  uint64_t told_to = next;
  uint8_t feedbacks = 0;
  for (uint32_t i = 0; i < steps; ++i) {
    const bool pause = random() % 500 == 0;
    now += pause ? 20 * kSecond : static_cast<int64_t>(random()) % (random() % 20 == 0 ? 100 * kMs : 3 * kMs);
    uint64_t number = next++;
    if (i > 0 && random() % 8 == 0) {
      if (random() % 2 == 0) held.push_back(number);
      continue;
    }
    if (!held.empty() && random() % 4 == 0) {
      std::swap(held.back(), number);
      if (next - number > 100) held.pop_back();
    }
    log.OnArrival(static_cast<uint16_t>(number), now);
    arrived.emplace(number, now);
    while (log.IsDue(now)) {
      std::array<uint8_t, ArrivalLog::kMaxBody> body;
      const size_t room = random() % 3 == 0 ? 40 + random() % 60 : body.size();
      const size_t size = log.Write(now, std::span(body).first(room / 4 * 4));
      Check(size > 0 && size % 4 == 0 && size <= room, "arrivals: size", i);
      Packet packet(8);
      packet.insert(packet.end(), body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
      reception::CheckArrivalBody(packet, feedbacks++, told_to, arrived, told, i);
    }
  }
  uint64_t missed = 0;
  for (const auto& [number, at] : arrived) missed += number + ArrivalLog::kSize < next && !told[number];
  Check(missed == 0 && told.size() > steps / 2, "arrivals: never told", missed);
}

// What one end sends again, the other makes the packet of that it was.
void CheckRepairs(Random& random) {
  for (uint32_t i = 0; i < 200; ++i) {
    Retransmitter sender(0x7FFF);
    sender.SetRepair(0xAABBCCDD, 97);
    const auto sequence = static_cast<uint16_t>(random());
    const Packet sent = direct::MakeRtp(random, sequence, random() % 1200);
    sender.Remember(sequence, sent, i * kSecond);
    std::array<uint8_t, 1600> buffer{};
    const size_t size = sender.Answer(sequence, i * kSecond, buffer);
    const std::span<uint8_t> packet = std::span(buffer).first(size);
    const auto repair = ParseRtp(packet);
    Check(repair && OriginalSequence(*repair) == sequence, "repair: number", i);
    const auto original = RestoreOriginal(packet, *repair, ReadU32(&sent[8]), sent[1] & 0x7F);
    Check(Packet(original.begin(), original.end()) == sent, "repair: bytes", i);
  }
  Packet padding{0xA0, 97, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4};
  Check(!OriginalSequence(*ParseRtp(padding)), "repair: padding only");
}

}  // namespace

int RunReception(uint32_t steps) {
  Random random;
  CheckStats(random, steps);
  CheckJitterAndRestart();
  CheckNacks(random, steps);
  CheckNackBounds();
  CheckArrivals(random, steps);
  CheckRepairs(random);
  reception::CheckWhole(random, steps);
  reception::CheckHostile(random, steps);
  reception::CheckReportRate();
  reception::CheckThreads();
  reception::CheckPorts();
  std::printf("as it should be\n");
  return 0;
}
