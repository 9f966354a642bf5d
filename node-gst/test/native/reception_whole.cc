// A direct reception as a whole: encrypted datagrams in, packets for a slot and compounds for the publisher out.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "media/direct/transport_feedback.h"
#include "reception_world.h"

namespace reception {
namespace {

struct Told {
  uint32_t reports = 0;
  uint32_t feedbacks = 0;
  std::vector<uint16_t> asked;
};

// Every compound is whole, and begins with a report of ours.
void ReadCompound(const Packet& compound, Told& told) {
  RtcpReader reader(compound);
  size_t size = 0;
  RtcpPacket packet;
  for (bool first = true; reader.Next(packet); first = false) {
    size += 4 + packet.body.size();
    if (first) Check(packet.type == RtcpPacket::kReceiverReport && ReadU32(packet.body.data()) == kOurs, "compound: head");
    for (size_t i = 0; const auto block = ReportBlockAt(packet, i); ++i) told.reports += block->ssrc == kVideo;
    if (TransportFeedback::Of(packet)) told.feedbacks += 1;
    for (size_t i = 0; const auto nack = NackAt(packet, i); ++i) {
      Check(std::ranges::find(kStreams, nack->ssrc) != std::end(kStreams), "compound: whose packets");
      for (uint32_t bit = 0; bit <= 16; ++bit) {
        if (((uint32_t{nack->mask} << 1 | 1) >> bit & 1) != 0) told.asked.push_back(static_cast<uint16_t>(nack->first + bit));
      }
    }
  }
  Check(size == compound.size(), "compound: whole");
}

}  // namespace

void CheckArrivalBody(const Packet& body, uint8_t count, uint64_t& told_to, const std::map<uint64_t, int64_t>& arrived,
                      std::map<uint64_t, bool>& told, uint32_t step) {
  RtcpPacket packet;
  packet.type = RtcpPacket::kTransportFeedback;
  packet.count = kTransportWideFeedback;
  packet.body = body;
  auto feedback = TransportFeedback::Of(packet);
  Check(feedback && feedback->count() > 0 && body[15] == count, "arrivals: a feedback", step);
  const uint64_t base = told_to + static_cast<uint64_t>(int64_t{static_cast<int16_t>(ReadU16(&body[8]) - static_cast<uint16_t>(told_to))});
  // Deltas lie behind the chunks, whose statuses are read again for their sizes.
  const uint8_t* chunk = &body[16];
  std::vector<uint8_t> statuses;
  for (; statuses.size() < feedback->count(); chunk += 2) {
    const uint16_t bits = ReadU16(chunk);
    if ((bits & 0x8000) == 0) statuses.insert(statuses.end(), bits & 0x1FFF, static_cast<uint8_t>(bits >> 13));
    for (int i = 6; (bits & 0x8000) != 0 && i >= 0; --i) statuses.push_back(static_cast<uint8_t>(bits >> (2 * i) & 3));
  }
  int64_t at = int64_t{ReadU32(&body[12]) >> 8} * 256;
  const uint8_t* delta = chunk;
  for (uint64_t number = base; number < base + feedback->count(); ++number) {
    const uint8_t status = statuses[number - base];
    const auto known = arrived.find(number);
    Check((status != 0) == (known != arrived.end()), "arrivals: whether it came", number);
    if (status == 0) continue;
    at += status == 1 ? *delta : static_cast<int16_t>(ReadU16(delta));
    delta += status;
    Check(at == known->second / (kMs / 4), "arrivals: when it came", number);
    told[number] = true;
  }
  Check(delta <= body.data() + body.size(), "arrivals: deltas fit", step);
  told_to = std::max(told_to, base + feedback->count());
}

void CheckWhole(Random& random, uint32_t steps) {
  World world;
  Publisher publisher;
  world.Start();
  Told told;
  std::multimap<int64_t, Packet> on_the_way;
  uint32_t lost = 0;
  constexpr int64_t kWay = 25 * kMs;
  const auto send = [&](Packet packet) {
    // The first begins a stream; where none comes, none is missed.
    if (publisher.sequence() > 30'001 && random() % 20 == 0) {
      lost += 1;
    } else if (!packet.empty()) {
      on_the_way.emplace(clock_ns + kWay + static_cast<int64_t>(random()) % kMs, std::move(packet));
    }
  };
  for (uint32_t i = 0; i < steps; ++i) {
    clock_ns = i * 4 * kMs;
    if (i < steps - 500) send(publisher.Video(random, clock_ns));
    for (auto at = on_the_way.begin(); at != on_the_way.end() && at->first <= clock_ns; at = on_the_way.erase(at)) {
      Check(DirectReception::IsMedia(at->second), "whole: is media");
      world.reception->OnDatagram(at->second, clock_ns);
    }
    if (i % 250 == 0) {
      Packet report{0x80, 200, 0, 6};
      direct::AppendU32(report, kVideo);
      for (uint32_t word = 1; word < 6; ++word) direct::AppendU32(report, word);
      world.OnRtcp(report, clock_ns);
    }
    for (const Packet& compound : world.compounds->Take()) {
      const size_t before = told.asked.size();
      ReadCompound(compound, told);
      for (size_t each = before; each < told.asked.size(); ++each) send(publisher.Again(told.asked[each], clock_ns));
    }
  }
  const ReceptionFigures figures = world.reception->Figures();
  const auto heard = world.heard->sequences();
  const std::set<uint16_t> once(heard.begin(), heard.end());
  Check(once.size() == heard.size(), "whole: a packet twice", heard.size());
  const auto sent = static_cast<size_t>(steps - 500);
  Check(heard.size() + 20 >= sent, "whole: what was lost comes after all", heard.size());
  Check(figures.streams.size() == 1 && figures.streams[0].lost > lost / 2, "whole: lost", lost);
  Check(figures.asked_again == told.asked.size() && figures.repaired > lost / 2, "whole: repaired", figures.repaired);
  // Requests take no time here.
  Check(std::abs(figures.rtt_ns - kWay) < 10 * kMs, "whole: there and back", static_cast<uint64_t>(figures.rtt_ns));
  const uint32_t seconds = steps * 4 / 1000;
  Check(told.reports > seconds / 2 && told.reports < seconds * 2, "whole: reports", told.reports);
  Check(told.feedbacks > seconds * 5 && told.feedbacks < seconds * 12, "whole: feedbacks", told.feedbacks);
  world.reception->Close();
  Check(world.reception->Figures().repaired == figures.repaired, "whole: figures stay");
  const uint64_t in = world.counters->packets_in.Get();
  Packet late = publisher.Video(random, clock_ns);
  world.reception->OnDatagram(late, clock_ns);
  Check(world.counters->packets_in.Get() == in, "whole: closed");
}

void CheckHostile(Random& random, uint32_t steps) {
  World world;
  Publisher publisher;
  Packet early = publisher.Video(random, 0);
  world.reception->OnDatagram(early, 0);
  Check(world.counters->packets_in.Get() == 0, "hostile: before the keys");
  world.Start();
  uint64_t authentic = 0;
  SrtpProtector protector(kMaster, kStreams);
  for (uint32_t i = 0; i < steps; ++i) {
    clock_ns = i * kMs;
    // By whoever has the keys: headers of any kind, resends of nothing, of a stream nobody knows, with half a number.
    Packet plain = direct::Noise(random, 12 + random() % 60);
    plain[0] = static_cast<uint8_t>(0x80 | random() % 64);
    // Those from 64 to 95 would be RTCP.
    plain[1] = static_cast<uint8_t>(random() % 3 == 0 ? random() % 64 : 96 + random() % 2);
    WriteU16(&plain[2], static_cast<uint16_t>(i * 40));
    WriteU32(&plain[8], kStreams[random() % 3]);
    const size_t size = plain.size();
    plain.resize(size + kSrtpTagSize);
    Packet packet = plain;
    if (protector.Protect(packet, size) == 0) continue;
    // By whoever has not.
    const uint64_t dropped = world.counters->dropped.unauthentic.Get();
    Packet forged = packet;
    forged[random() % forged.size()] ^= 1;
    forged.resize(random() % 4 == 0 ? random() % (forged.size() + 1) : forged.size());
    const std::unique_ptr<uint8_t[]> exact(new uint8_t[forged.size()]);
    std::copy(forged.begin(), forged.end(), exact.get());
    world.reception->OnDatagram({exact.get(), forged.size()}, clock_ns);
    Check(world.counters->dropped.unauthentic.Get() == dropped + 1, "hostile: a forgery", i);
    const std::unique_ptr<uint8_t[]> right(new uint8_t[packet.size()]);
    std::copy(packet.begin(), packet.end(), right.get());
    world.reception->OnDatagram({right.get(), packet.size()}, clock_ns);
    Check(world.counters->dropped.unauthentic.Get() == dropped + 1, "hostile: the right one", i);
    authentic += 1;
    Packet noise = direct::Noise(random, 8 + random() % 64);
    noise[0] = static_cast<uint8_t>(0x80 | random() % 64);
    noise[1] = static_cast<uint8_t>(192 + random() % 32);
    // libsrtp has a bound of streams of its own.
    WriteU32(&noise[4], kStreams[random() % 3]);
    world.OnRtcp(noise, clock_ns);
    Told told;
    for (const Packet& compound : world.compounds->Take()) ReadCompound(compound, told);
    Check(told.asked.size() <= 17 * ReceptionFeedback::kMaxNacks, "hostile: asks for much", i);
  }
  // Most headers that are made at random do not fit their packets.
  Check(authentic > steps / 5, "hostile: too little was authentic", authentic);
  for (const Packet& other : {Packet{0x16, 0xFE}, Packet{0, 1}, Packet{}, Packet{0x40, 200}, Packet{0xC0, 205}}) {
    Check(!DirectReception::IsMedia(other), "hostile: no media");
  }
}

// Ten times as many reports as are read: of each second as many as may be, and what comes after is read again.
void CheckReportRate() {
  World world;
  world.Start();
  const Packet report{0x80, 200, 0, 1, 0, 0, 0, kVideo};
  constexpr uint64_t kMost = DirectReception::kMaxCompounds;
  constexpr uint64_t kSeconds = 3;
  for (uint64_t i = 0; i < kSeconds * kMost * 10; ++i) {
    world.OnRtcp(report, static_cast<int64_t>(i * kSecond / (kMost * 10)));
  }
  // A second's worth may be saved up.
  const uint64_t dropped = world.counters->dropped.rate.Get();
  const uint64_t least = kSeconds * kMost * 10 - (kSeconds + 1) * kMost;
  Check(dropped >= least && dropped <= least + 2, "report rate: beyond it", dropped);
  world.OnRtcp(report, (kSeconds + 1) * kSecond);
  Check(world.counters->dropped.rate.Get() == dropped, "report rate: later");
}

void CheckThreads() {
  World world;
  world.Start();
  Random random;
  Publisher publisher;
  // Numbers once each, whichever thread has them.
  std::array<std::vector<Packet>, 2> shares;
  clock_ns = 0;
  for (uint32_t i = 0; i < 4000; ++i) shares[i % 2].push_back(publisher.Video(random, i * kMs));
  std::vector<std::thread> threads;
  for (std::vector<Packet>& share : shares) {
    threads.emplace_back([&] {
      for (size_t i = 0; i < share.size(); ++i) world.reception->OnDatagram(share[i], static_cast<int64_t>(i) * kMs);
    });
  }
  threads.emplace_back([&] {
    const Packet report{0x80, 200, 0, 1, 0, 0, 0, kVideo};
    for (int i = 0; i < 500; ++i) {
      world.OnRtcp(report, i * kMs);
      world.reception->Figures();
    }
    world.reception->Close();
  });
  for (std::thread& thread : threads) thread.join();
  const auto heard = world.heard->sequences();
  Check(std::set<uint16_t>(heard.begin(), heard.end()).size() == heard.size(), "threads: a packet twice");
}

}  // namespace reception
