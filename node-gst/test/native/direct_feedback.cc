// What receivers say of what the direct egress sent.
#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>

#include "direct.h"
#include "media/direct/feedback_reader.h"
#include "media/direct/retransmitter.h"
#include "media/ntp.h"

namespace direct {
namespace {

using namespace media;

const std::vector<SlotOptions> kSlots{MakeSlot(0, Kind::kAudio, 0x11111111), MakeSlot(1, Kind::kVideo, 0x22222222)};
constexpr uint32_t kRepairSsrc = 0x33333333;

Packet FeedbackPacket(uint8_t type, uint8_t format, std::initializer_list<uint32_t> words) {
  Packet packet{static_cast<uint8_t>(0x80 | format), type, 0, static_cast<uint8_t>(words.size())};
  for (const uint32_t word : words) AppendU32(packet, word);
  return packet;
}

void Ignore(size_t, uint16_t) {}

void CheckNack() {
  FeedbackReader reader(kSlots, kOffset);
  std::vector<std::pair<size_t, uint16_t>> lost;
  const auto note = [&](size_t slot, uint16_t sequence) { lost.emplace_back(slot, sequence); };
  Packet compound = FeedbackPacket(201, 0, {1});
  const Packet nack = FeedbackPacket(205, 1, {1, 0x22222222, 0xFFFF8001, 0x00050000});
  compound.insert(compound.end(), nack.begin(), nack.end());
  reader.Read(compound, 0, note);
  const std::vector<std::pair<size_t, uint16_t>> right{{1, 65'535}, {1, 0}, {1, 15}, {1, 5}};
  Check(lost == right && reader.Figures(0).asked_again == 4, "NACK");
  reader.Read(FeedbackPacket(205, 1, {1, 0x77777777, 0xFFFF8001}), 0, note);
  reader.Read(FeedbackPacket(206, 1, {1, 0x22222222, 0xFFFF8001}), 0, note);
  Check(lost == right, "NACK: of others");

  Packet much;
  for (int i = 0; i < 20; ++i) {
    const Packet all = FeedbackPacket(205, 1, {1, 0x22222222, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF});
    much.insert(much.end(), all.begin(), all.end());
  }
  lost.clear();
  reader.Read(much, 0, note);
  Check(lost.size() == FeedbackReader::kMaxLost, "NACK: no bound", lost.size());
}

void CheckBlocks() {
  FeedbackReader reader(kSlots, kOffset);
  reader.SetRepairs({{1, kRepairSsrc, 97}});
  const auto block = [&](uint32_t ssrc, uint32_t lost, uint32_t highest, uint32_t jitter, uint32_t report, uint32_t delay,
                         int64_t now) {
    reader.Read(FeedbackPacket(201, 1, {1, ssrc, lost & 0xFFFFFF, highest, jitter, report, delay}), now, Ignore);
    return reader.Figures(now);
  };
  ReceiverFigures figures = reader.Figures(0);
  Check(figures.loss == -1 && figures.rtt_ns == -1 && figures.jitter_ns == -1 && figures.transport_loss == -1 &&
            figures.received_bitrate == -1 && figures.receiver_limit == -1,
        "blocks: figures of nothing");
  figures = block(0x11111111, 5, 1000, 480, 0, 0, kSecond);
  Check(figures.loss == -1 && figures.lost == 0 && figures.jitter_ns == 10 * kMs, "blocks: the first");
  figures = block(0x11111111, 15, 1100, 480, 0, 0, 2 * kSecond);
  Check(figures.loss == 0.1 && figures.lost == 10, "blocks: loss");
  block(0x22222222, 0, 70'000, 1800, 0, 0, 2 * kSecond);
  figures = block(0x22222222, 0, 70'100, 1800, 0, 0, 3 * kSecond);
  Check(figures.loss == 0.05 && figures.jitter_ns == 20 * kMs, "blocks: of two streams");
  figures = block(0x22222222, -4, 70'100, 0, 0, 0, 3 * kSecond);
  Check(figures.loss == 0.03 && figures.lost == 10 && figures.jitter_ns == 10 * kMs, "blocks: what came late");
  figures = block(0x22222222, 4000, 70'101, 0, 0, 0, 3 * kSecond);
  Check(figures.lost == 10, "blocks: more lost than sent");
  figures = block(0x22222222, 0, 5, 0, 0, 0, 3 * kSecond);
  Check(figures.lost == 10, "blocks: anew");
  figures = block(0x22222222, -900, 0, 0, 0, 0, 3 * kSecond);
  Check(figures.loss == 0.03, "blocks: backwards");
  figures = block(kRepairSsrc, 0, 5, 9000, 0, 0, 3 * kSecond);
  Check(figures.jitter_ns == 10 * kMs, "blocks: jitter of resends");
  Check(reader.Figures(14 * kSecond).loss == -1, "blocks: what is long ago");

  Check(figures.streams.size() == 2 && figures.streams[0].mline == 0 && figures.streams[0].lost == 15, "blocks: streams");
  Check(figures.streams[1].mline == 1 && figures.streams[1].lost == 0, "blocks: what came late, of a stream");

  // There and back: the report left at 100 s, waited for 2 s there, and its answer came 2.25 s later.
  const uint32_t left = MiddleOfNtp64(100 * kSecond + kOffset);
  figures = block(0x11111111, 15, 1100, 0, left, 2 << 16, 100 * kSecond + 2250 * kMs);
  Check(std::abs(figures.rtt_ns - 250 * kMs) < kMs / 10, "blocks: there and back");
  figures = block(0x11111111, 15, 1100, 0, left, 2 << 16, 100 * kSecond + 2090 * kMs);
  Check(std::abs(figures.rtt_ns - 230 * kMs) < kMs / 10, "blocks: smoothed");
  block(0x11111111, 15, 1100, 0, left, 1, 111 * kSecond);
  for (const int64_t now : {102, 102 + 32'768}) block(0x11111111, 15, 1100, 0, 0, 1, now * kSecond);
  block(0x11111111, 15, 1100, 0, left, 3 << 16, 102 * kSecond);
  figures = block(0x33, 15, 1100, 0, left, 1, 102 * kSecond);
  Check(std::abs(figures.rtt_ns - 230 * kMs) < kMs / 10, "blocks: what cannot be");
  // The other clock runs a little faster.
  figures = block(0x11111111, 15, 1100, 0, left, (2 << 16) + 1000, 102 * kSecond);
  Check(figures.rtt_ns > 200 * kMs && figures.rtt_ns < 202 * kMs, "blocks: less than nothing");
}

void CheckRemb() {
  FeedbackReader reader(kSlots, kOffset);
  // A report that says it has a block less than it has.
  reader.Read(FeedbackPacket(201, 0, {1, 0x11111111, 0, 1, 4800, 0, 0}), 0, Ignore);
  Check(reader.Figures(0).jitter_ns == -1, "blocks: more than are counted");
  const auto limit = [&](uint32_t word) {
    reader.Read(FeedbackPacket(206, 15, {1, 0, 0x52454D42, word, 0x22222222}), 0, Ignore);
    return reader.Figures(0).receiver_limit;
  };
  Check(limit(0x01000000 | 2 << 18 | 250'000) == 1'000'000, "REMB");
  Check(limit(0x01000000 | 45 << 18 | 0x3FFFF) == int64_t{0x3FFFF} << 45, "REMB: large");
  Check(limit(0x01000000 | 46 << 18 | 0x3FFFF) == int64_t{0x3FFFF} << 45, "REMB: too large");
  reader.Read(FeedbackPacket(206, 15, {1, 0, 0x52454D43, 1}), 0, Ignore);
  reader.Read(FeedbackPacket(206, 15, {1, 0, 0x52454D42}), 0, Ignore);
  Check(limit(0x01000000 | 63 << 18) == int64_t{0x3FFFF} << 45, "REMB: something else");
}

// Transport-wide feedback on `received`, in chunks of kinds drawn at random.
Packet MakeTransportFeedback(Random& random, uint16_t first, const std::vector<bool>& received) {
  Packet packet{0x80 | 15, 205, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9};
  WriteU16(&packet[12], first);
  WriteU16(&packet[14], static_cast<uint16_t>(received.size()));
  Packet deltas;
  const auto symbol = [&](size_t at) -> uint16_t {
    if (at >= received.size() || !received[at]) return 0;
    const uint16_t bytes = 1 + random() % 2;
    deltas.resize(deltas.size() + bytes, 4);
    return bytes;
  };
  for (size_t at = 0; at < received.size();) {
    uint16_t chunk = 0;
    const auto end = std::find(received.begin() + static_cast<std::ptrdiff_t>(at), received.end(), !received[at]);
    const auto run = static_cast<uint16_t>(std::min<std::ptrdiff_t>(end - received.begin() - static_cast<std::ptrdiff_t>(at), 8191));
    switch (random() % 3) {
      case 0: {
        const uint16_t kind = received[at] ? 1 + random() % 2 : 0;
        deltas.resize(deltas.size() + kind * run, 4);
        chunk = static_cast<uint16_t>(kind << 13 | run);
        at += run;
        break;
      }
      case 1:
        chunk = 0x8000;
        for (size_t i = 0; i < 14; ++i, ++at) {
          const bool one = at < received.size() && received[at];
          if (one) deltas.push_back(4);
          chunk |= static_cast<uint16_t>(one << (13 - i));
        }
        break;
      default:
        chunk = 0xC000;
        for (size_t i = 0; i < 7; ++i, ++at) chunk |= static_cast<uint16_t>(symbol(at) << (12 - 2 * i));
    }
    packet.resize(packet.size() + 2);
    WriteU16(&packet[packet.size() - 2], chunk);
  }
  packet.insert(packet.end(), deltas.begin(), deltas.end());
  packet.resize((packet.size() + 3) / 4 * 4);
  WriteU16(&packet[2], static_cast<uint16_t>(packet.size() / 4 - 1));
  return packet;
}

void CheckTransport(Random& random, uint32_t steps) {
  FeedbackReader reader(kSlots, kOffset);
  struct Sent {
    size_t size;
    int state;  // 0: not reported, 1: lost, 2: received
  };
  std::map<uint32_t, Sent> model;
  struct Sum {
    int64_t ns, received, lost, bytes;
  };
  std::deque<Sum> sums;
  uint32_t next = 65'000;
  uint32_t reported = next;
  int64_t now = 0;
  for (uint32_t i = 0; i < steps; ++i) {
    now += 100 * kMs;
    for (uint32_t count = random() % 60; count > 0; --count) {
      const size_t size = random() % 1500;
      reader.OnTransportSent(static_cast<uint16_t>(next), size, now);
      model[next++] = {size, 0};
    }
    // From a little before what was reported last, and at times beyond what was sent.
    const uint32_t from = reported - std::min<uint32_t>(reported - 65'000, random() % 20);
    const uint32_t to = random() % 10 == 0 ? next + random() % 5 : next;
    std::vector<bool> received;
    Sum sum{now, 0, 0, 0};
    for (uint32_t each = from; each < to; ++each) {
      received.push_back(random() % 10 != 0);
      const auto sent = model.find(each);
      if (sent == model.end() || sent->second.state == 2) continue;
      if (received.back()) {
        sum.received += 1;
        sum.bytes += static_cast<int64_t>(sent->second.size);
        sum.lost -= sent->second.state == 1 ? 1 : 0;
        sent->second.state = 2;
      } else if (sent->second.state == 0) {
        sum.lost += 1;
        sent->second.state = 1;
      }
    }
    reported = next;
    const Packet packet = MakeTransportFeedback(random, static_cast<uint16_t>(from), received);
    reader.Read(packet, now, Ignore);
    sums.push_back(sum);
    if (sums.size() > 10) sums.pop_front();
    Sum total{};
    for (const Sum& each : sums) {
      total.received += each.received;
      total.lost += each.lost;
      total.bytes += each.bytes;
    }
    const ReceiverFigures figures = reader.Figures(now);
    const auto lost = static_cast<double>(std::max<int64_t>(total.lost, 0));
    const double loss = total.received + lost == 0 ? -1 : lost / (static_cast<double>(total.received) + lost);
    Check(figures.transport_loss == loss, "transport: loss", i);
    Check(figures.received_bitrate == (total.received == 0 ? -1 : total.bytes * 8), "transport: bitrate", i);
  }
  Check(reader.Figures(now + 2 * kSecond).transport_loss == -1, "transport: what is long ago", steps);
  // Of far too many packets, in chunks of nothing, and cut short.
  reader.Read(FeedbackPacket(205, 15, {1, 2, 0x0000FFFF, 0, 0x1FFF1FFF, 0x1FFF1FFF, 0x1FFF1FFF, 0x1FFF1FFF, 0x1FFF1FFF}), now,
              Ignore);
  reader.Read(FeedbackPacket(205, 15, {1, 2, 0x00000003, 0, 0x00000000, 0x00002003}), now, Ignore);
  reader.Read(FeedbackPacket(205, 15, {1, 2, 0x00000003, 0}), now, Ignore);
  Check(reader.Figures(now + 2 * kSecond).transport_loss == -1, "transport: nonsense", steps);
}

// More packets than one compound may tell of.
void CheckTransportBound(Random& random) {
  FeedbackReader reader(kSlots, kOffset);
  for (uint16_t number = 0; number < 20; ++number) reader.OnTransportSent(number, 1000, 0);
  Packet compound = MakeTransportFeedback(random, 0, std::vector<bool>(FeedbackReader::kMaxStatuses - 10, true));
  const Packet more = MakeTransportFeedback(random, 0, std::vector<bool>(11, false));
  compound.insert(compound.end(), more.begin(), more.end());
  FeedbackReader other(kSlots, kOffset);
  for (uint16_t number = 0; number < 20; ++number) other.OnTransportSent(number, 1000, 0);
  Packet turned = more;
  turned.insert(turned.end(), compound.begin(), compound.end() - static_cast<std::ptrdiff_t>(more.size()));
  reader.Read(compound, 0, Ignore);
  other.Read(turned, 0, Ignore);
  Check(reader.Figures(0).received_bitrate == 20 * 8000, "transport: as many as it may");
  Check(other.Figures(0).received_bitrate == -1, "transport: more than it may");
}

// Where webrtcbin numbers what is sent: what feedback tells of is all that is known.
void CheckTransportAlone(Random& random) {
  TransportLog log;
  const auto read = [&](uint16_t first, const std::vector<bool>& received, int64_t now) {
    log.ReadAlone(MakeTransportFeedback(random, first, received), now);
    return log.window().Loss(now);
  };
  std::vector<bool> half(100, true);
  for (size_t i = 0; i < 50; ++i) half[i * 2] = false;
  Check(read(65'500, half, kSecond) == 0.5, "alone: loss, over the end of the numbers");
  Check(read(65'500, half, kSecond) == 0.5, "alone: told twice");
  Check(read(65'500, std::vector<bool>(100, true), kSecond) == 0, "alone: what came late");
  Check(read(64, std::vector<bool>(100, false), kSecond) == 0.5, "alone: what follows");
  Check(read(30'000, std::vector<bool>(600, true), kSecond) == 0.125, "alone: numbers that jump");
  Check(read(29'950, std::vector<bool>(100, true), kSecond) == 0.125, "alone: what was told of, or never");
  Check(log.window().Loss(3 * kSecond) == -1, "alone: what is long ago");
  // No more than are remembered.
  Packet compound = MakeTransportFeedback(random, 31'000, std::vector<bool>(TransportLog::kSize - 10, true));
  const Packet more = MakeTransportFeedback(random, 36'000, std::vector<bool>(11, false));
  compound.insert(compound.end(), more.begin(), more.end());
  log.ReadAlone(compound, 5 * kSecond);
  Check(log.window().Loss(5 * kSecond) == 0, "alone: more than it may");
  log.ReadAlone(FeedbackPacket(205, 15, {1, 2, 0x00030000, 0}), 5 * kSecond);
  Check(log.window().Loss(5 * kSecond) == 0, "alone: of nothing");
}

// A clock of the receiver's own, and a queue that grows and drains.
void CheckQueue() {
  FeedbackReader reader(kSlots, kOffset);
  uint16_t number = 0;
  int64_t now = 100 * kSecond;
  // The receiver's clock wraps on the way.
  int64_t reference = 0xFFFFF0;
  // Each packet takes 20 ms and what the queue adds, told in one long time since the reference.
  const auto pass = [&](int64_t queue_ms, int times) {
    for (; times > 0; --times, now += 64 * kMs, ++reference) {
      reader.OnTransportSent(number, 100, now);
      const auto ticks = static_cast<uint32_t>((20 + queue_ms) * 4);
      reader.Read(FeedbackPacket(205, 15, {1, 2, uint32_t{number} << 16 | 1, static_cast<uint32_t>(reference & 0xFFFFFF) << 8,
                                          0x40010000 | ticks}),
                  now + 10 * kMs, Ignore);
      number += 1;
    }
    return reader.Figures(now).queue_ns;
  };
  Check(reader.Figures(now).queue_ns == -1, "queue: of nothing");
  Check(pass(0, 20) == 0, "queue: none");
  Check(pass(400, 8) == 0, "queue: a burst");
  Check(pass(400, 30) == 400 * kMs, "queue: one that stands");
  Check(pass(150, 1) == 150 * kMs, "queue: one that drains");
  Check(pass(0, 10) == 0, "queue: none any more");
  Check(pass(700, 1000) == 0, "queue: after a minute it is the way itself");
  reference += 3000;
  Check(pass(0, 3) == 0 && pass(30, 40) == 30 * kMs, "queue: a clock that jumps");
  now += 5 * kSecond;
  Check(reader.Figures(now).queue_ns == -1, "queue: what is long ago");
}

// Compounds that are right but for some bytes, in allocations of their own size.
void CheckHostile(Random& random, uint32_t steps) {
  FeedbackReader reader(kSlots, kOffset);
  reader.SetRepairs({{1, kRepairSsrc, 97}});
  TransportLog alone;
  Retransmitter retransmitter(0);
  retransmitter.SetRepair(kRepairSsrc, 97);
  std::array<uint8_t, 1600> out{};
  uint64_t answered = 0;
  int64_t now = 0;
  uint16_t sequence = 0;
  for (uint32_t i = 0; i < steps; ++i) {
    now += static_cast<int64_t>(random() % (10 * kMs));
    if (random() % 100 == 0) now += static_cast<int64_t>(random()) * 10;
    sequence += 1;
    retransmitter.Remember(sequence, MakeRtp(random, sequence, random() % 1200), now);
    reader.OnTransportSent(sequence, random() % 1500, now);
    Packet compound;
    for (uint32_t count = 1 + random() % 3; count > 0; --count) {
      Packet packet;
      const uint32_t ssrc = random() % 3 == 0 ? kRepairSsrc : random() % 2 ? 0x22222222 : 0x11111111;
      switch (random() % 4) {
        case 0:
          packet = FeedbackPacket(201, 1, {1, ssrc, random() >> 8, i * 3, random() % 9000, random(), random()});
          break;
        case 1:
          packet = FeedbackPacket(205, 1, {1, 0x22222222, uint32_t{sequence} << 16 | (random() & 0xFFFF), random()});
          break;
        case 2:
          packet = FeedbackPacket(206, 15, {1, 0, 0x52454D42, random()});
          break;
        default: {
          std::vector<bool> received;
          for (uint32_t left = random() % 200; left > 0; --left) received.push_back(random() % 4 != 0);
          packet = MakeTransportFeedback(random, static_cast<uint16_t>(sequence - 100), received);
        }
      }
      compound.insert(compound.end(), packet.begin(), packet.end());
    }
    for (uint32_t changes = random() % 4; changes > 0; --changes) compound[random() % compound.size()] = static_cast<uint8_t>(random());
    if (random() % 8 == 0) compound.resize(random() % (compound.size() + 1));
    const std::unique_ptr<uint8_t[]> exact(new uint8_t[compound.size()]);
    std::copy(compound.begin(), compound.end(), exact.get());
    size_t asked = 0;
    reader.Read({exact.get(), compound.size()}, now, [&](size_t slot, uint16_t number) {
      Check(slot < kSlots.size(), "hostile: no slot", i);
      asked += 1;
      answered += retransmitter.Answer(number, now, out) > 0 ? 1 : 0;
    });
    alone.ReadAlone({exact.get(), compound.size()}, now);
    Check(alone.window().Loss(now) <= 1, "hostile: alone", i);
    retransmitter.SetRtt(reader.rtt_ns());
    const ReceiverFigures figures = reader.Figures(now);
    Check(asked <= FeedbackReader::kMaxLost, "hostile: asked", i);
    Check(figures.loss <= 1 && figures.transport_loss <= 1 && figures.rtt_ns <= 10 * kSecond, "hostile: figures", i);
    Check(figures.receiver_limit >= -1 && figures.jitter_ns >= -1, "hostile: figures", i);
  }
  Check(answered > steps / 100, "hostile: nothing is answered", static_cast<uint32_t>(answered));
}

}  // namespace

void CheckFeedback(Random& random, uint32_t steps) {
  CheckNack();
  CheckBlocks();
  CheckRemb();
  CheckTransport(random, steps / 10);
  CheckTransportBound(random);
  CheckTransportAlone(random);
  CheckQueue();
  CheckHostile(random, steps);
}

}  // namespace direct
