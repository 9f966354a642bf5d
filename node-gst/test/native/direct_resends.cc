// What the direct egress remembers, and sends again.
#include <algorithm>
#include <array>
#include <deque>

#include "direct.h"
#include "media/direct/retransmitter.h"

namespace direct {
namespace {

using namespace media;

// Packets in spells of large and small ones, in quick and slow succession, against a list of all that were put.
void CheckHistory(Random& random, uint32_t steps, int64_t age) {
  struct Sent {
    uint16_t sequence;
    Packet bytes;
    int64_t ns;
  };
  PacketHistory history;
  history.SetAge(age);
  std::deque<Sent> model;
  int64_t now = 0;
  uint16_t sequence = 65'000;
  int64_t pace = 100 * kMs;
  size_t largest = 1200;
  Check(history.Find(0, now) == nullptr, "history: of nothing");
  for (uint32_t i = 0; i < steps; ++i) {
    if (random() % 3000 == 0) {
      pace = random() % 3 == 0 ? 100 * kMs : random() % 2 ? 3 * kMs : kMs / 5;
      largest = random() % 2 ? 1200 : 100;
    }
    now += static_cast<int64_t>(random()) % (2 * pace);
    const uint16_t number = random() % 20 == 0 ? static_cast<uint16_t>(sequence - random() % 100) : ++sequence;
    std::erase_if(model, [&](const Sent& each) { return each.sequence == number; });
    model.push_back({number, Noise(random, 1 + random() % largest), now});
    history.Put(number, model.back().bytes, now);
    while (model.size() > PacketHistory::kMaxPackets || now - model.front().ns > age) model.pop_front();
    const Sent& each = model[random() % model.size()];
    size_t behind = 0;
    for (auto newer = model.rbegin(); &*newer != &each; ++newer) behind += newer->bytes.size();
    if (PacketHistory::Entry* const found = history.Find(each.sequence, now)) {
      const Bytes bytes = history.BytesOf(*found);
      Check(std::equal(bytes.begin(), bytes.end(), each.bytes.begin(), each.bytes.end()), "history: bytes", i);
      Check(found->sent_ns == each.ns && found->resent_ns == PacketHistory::kNever, "history: time", i);
    } else {
      // What is near a bound may be lost: numbers that came twice take place, and the end of the ring is seldom filled.
      const bool is_near = static_cast<uint16_t>(sequence - each.sequence) >= PacketHistory::kMaxPackets - 100;
      Check(behind + each.bytes.size() > PacketHistory::kMaxBytes / 10 * 9 || is_near, "history: forgotten", i);
    }
    const auto unknown = static_cast<uint16_t>(sequence + 1 + random() % 30'000);
    Check(history.Find(unknown, now) == nullptr, "history: what was never sent", i);
    Check(history.Find(number, now + age) != nullptr, "history: not old yet", i);
    Check(history.Find(number, now + age + 1) == nullptr, "history: old", i);
  }
}

void CheckRepair(Random& random) {
  Retransmitter retransmitter(0x7FFF);
  std::array<uint8_t, 1600> out{};
  Check(retransmitter.Answer(7, 0, out) == 0, "repair: of nothing");
  retransmitter.SetRepair(0xAABBCCDD, 97);
  const Packet sent = MakeRtp(random, 7, 1000);
  retransmitter.Remember(7, sent, 0);
  for (uint32_t turn = 0; turn < 2; ++turn) {
    Packet right(sent.begin(), sent.begin() + 24);
    right[1] = static_cast<uint8_t>((sent[1] & 0x80) | 97);
    WriteU16(&right[2], static_cast<uint16_t>(0x7FFF + turn));
    WriteU32(&right[8], 0xAABBCCDD);
    Append(right, {0, 7});
    right.insert(right.end(), sent.begin() + 24, sent.end());
    const size_t size = retransmitter.Answer(7, turn * kSecond / 2, out);
    Check(Packet(out.begin(), out.begin() + size) == right, "repair: bytes", turn);
  }
  Check(retransmitter.Answer(8, kSecond / 2, out) == 0, "repair: what was not sent");
  Check(retransmitter.Answer(7, kSecond + 1, out) == 0, "repair: too old");
  retransmitter.Remember(9, sent, kSecond);
  Check(retransmitter.Answer(9, kSecond, std::span(out).first(sent.size() + 1)) == 0, "repair: no room");
  Check(retransmitter.Answer(9, kSecond, std::span(out).first(sent.size() + 2)) > 0, "repair: just room");
  retransmitter.Remember(10, Packet(2049), kSecond);
  retransmitter.Remember(11, Packet(), kSecond);
  retransmitter.Remember(12, Packet(3), kSecond);
  for (const uint16_t number : {10, 11, 12}) Check(retransmitter.Answer(number, kSecond, out) == 0, "repair: no RTP", number);

  Retransmitter plain(0);
  const Packet encrypted = Noise(random, 500);
  plain.Remember(3, encrypted, 0);
  const size_t size = plain.Answer(3, 0, out);
  Check(Packet(out.begin(), out.begin() + size) == encrypted, "resent as it was");
}

void CheckResendPace() {
  struct Row {
    int64_t rtt;
    int64_t pace;
    int64_t age;
  };
  const Row rows[] = {{-1, 20 * kMs, kSecond},
                      {0, 10 * kMs, kSecond},
                      {100 * kMs, 75 * kMs, kSecond},
                      {400 * kMs, 300 * kMs, 2 * kSecond},
                      {9 * kSecond, 300 * kMs, 3 * kSecond}};
  for (const Row& row : rows) {
    Retransmitter retransmitter(0);
    retransmitter.SetRtt(row.rtt);
    std::array<uint8_t, 1600> out{};
    retransmitter.Remember(1, Packet(1000), 0);
    const auto answers = [&](int64_t now) { return retransmitter.Answer(1, now, out) > 0; };
    Check(answers(5) && !answers(5) && !answers(5 + row.pace - 1) && answers(5 + row.pace), "the pace of resends");
    Check(answers(row.age) && !answers(row.age + 300 * kMs), "how long it is sent again");
  }
}

// Whatever is asked for, no more than a burst and half of what was sent goes out again.
void CheckResendShare(Random& random, uint32_t steps) {
  Retransmitter retransmitter(0);
  retransmitter.SetRtt(0);
  std::array<uint8_t, 1600> out{};
  int64_t now = 0;
  uint64_t sent = 0;
  uint64_t resent = 0;
  uint16_t sequence = 0;
  for (uint32_t i = 0; i < steps; ++i) {
    if (i % 50 == 0) {
      now += 5 * kMs;
      const Packet packet(1 + random() % 1200);
      retransmitter.Remember(++sequence, packet, now);
      sent += packet.size();
    }
    resent += retransmitter.Answer(static_cast<uint16_t>(sequence - random() % 64), now, out);
    Check(resent <= Retransmitter::kMaxBurstBytes + sent / Retransmitter::kShare, "the share of resends", i);
  }
  Check(resent > sent / 3, "nothing is resent", steps);
}

}  // namespace

void CheckResends(Random& random, uint32_t steps) {
  for (const int64_t age : {PacketHistory::kMinAgeNs, 2 * kSecond, PacketHistory::kMaxAgeNs}) CheckHistory(random, steps, age);
  for (uint32_t round = 0; round < 10; ++round) CheckRepair(random);
  CheckResendPace();
  CheckResendShare(random, steps);
}

}  // namespace direct
