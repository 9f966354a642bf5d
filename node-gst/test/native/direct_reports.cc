// Sender reports of the direct egress.
#include <algorithm>
#include <array>
#include <string>

#include "direct.h"
#include "media/direct/report_builder.h"
#include "media/ntp.h"
#include "media/rtcp.h"

namespace direct {
namespace {

using namespace media;

struct Report {
  uint32_t ssrc;
  int64_t unix_ns;
  uint32_t timestamp;
  uint32_t packets;
  uint32_t octets;
};

// Takes a compound to pieces; checks what every compound has: reports, then the description of just their sources.
std::vector<Report> ReadReports(Bytes compound, std::string_view cname, std::vector<uint32_t>* described = nullptr) {
  std::vector<Report> reports;
  RtcpReader reader(compound);
  size_t read = 0;
  bool ended = false;
  for (RtcpPacket packet; reader.Next(packet); read += 4 + packet.body.size()) {
    Check(!ended, "something behind the description");
    const uint8_t* at = packet.body.data();
    if (packet.type == RtcpPacket::kSenderReport) {
      Check(packet.count == 0 && packet.body.size() == 24, "a report's size");
      reports.push_back({ReadU32(at), ReadNtp64(at + 4), ReadU32(at + 12), ReadU32(at + 16), ReadU32(at + 20)});
      continue;
    }
    Check(packet.type == RtcpPacket::kDescription, "a report or a description");
    ended = true;
    for (uint8_t i = 0; i < packet.count; ++i) {
      if (described != nullptr) described->push_back(ReadU32(at));
      Check(at[4] == 1 && at[5] == cname.size(), "a CNAME");
      Check(std::equal(cname.begin(), cname.end(), at + 6), "the CNAME");
      Check(at[6 + cname.size()] == 0, "the end of items");
      at += (6 + cname.size()) / 4 * 4 + 4;
    }
    Check(at == packet.body.data() + packet.body.size(), "the description's size");
  }
  Check(ended && read == compound.size(), "a compound as a whole");
  return reports;
}

void CheckReportBytes() {
  ReportBuilder builder({MakeSlot(0, Kind::kAudio, 0x11111111)}, "ab", 0);
  std::array<uint8_t, ReportBuilder::kMaxSize> out{};
  Check(builder.Due(5 * kSecond, out) == 0 && builder.Bye(out) == 0, "reports of nothing");
  builder.OnSent(0, 1000, 80, 4 * kSecond, 5 * kSecond);
  builder.OnSent(0, 1960, 90, 4 * kSecond + 20 * kMs, 5 * kSecond);
  const size_t size = builder.Due(5 * kSecond, out);
  Packet right{0x80, 200, 0, 6};
  AppendU32(right, 0x11111111);
  AppendU32(right, 2'208'988'800 + 5);
  AppendU32(right, 0);
  AppendU32(right, 1000 + 48'000);
  AppendU32(right, 2);
  AppendU32(right, 170);
  Append(right, {0x81, 202, 0, 3, 0x11, 0x11, 0x11, 0x11, 1, 2, 'a', 'b', 0, 0, 0, 0});
  Check(Packet(out.begin(), out.begin() + size) == right, "the bytes of a report");

  const size_t bye = builder.Bye(out);
  right = {0x80, 201, 0, 1, 0x11, 0x11, 0x11, 0x11};
  Append(right, {0x81, 202, 0, 3, 0x11, 0x11, 0x11, 0x11, 1, 2, 'a', 'b', 0, 0, 0, 0});
  Append(right, {0x81, 203, 0, 1, 0x11, 0x11, 0x11, 0x11});
  Check(Packet(out.begin(), out.begin() + bye) == right, "the bytes of a BYE");
}

// Slots that send and fall silent at random, each with a clock of its own that is moved at times: what reports say, and
// when they come.
void CheckSlots(Random& random, uint32_t steps) {
  struct Model {
    uint32_t packets = 0;
    uint32_t octets = 0;
    int64_t origin_ns = 0;
    bool sends = false;
    bool fresh = false;
    // Since when a report is owed; -1: none is.
    int64_t owed_ns = -1;
  };
  std::vector<SlotOptions> slots;
  const size_t count = 1 + random() % 40;
  for (uint32_t i = 0; i < count; ++i) slots.push_back(MakeSlot(i, random() % 2 ? Kind::kAudio : Kind::kVideo, 1000 + i));
  const bool has_video = std::ranges::any_of(slots, [](const auto& slot) { return slot.kind == Kind::kVideo; });
  const std::string cname(random() % 4 == 0 ? random() % 256 : 20, 'n');
  ReportBuilder builder(slots, cname, kOffset);
  for (uint32_t i = 0; i < count; i += 2) builder.SetRepair(i, 2000 + i);
  std::vector<Model> models(count);
  std::array<uint8_t, ReportBuilder::kMaxSize> out{};
  int64_t now = 1000 * kSecond;
  int64_t last_report = 0;
  for (uint32_t i = 0; i < steps; ++i) {
    now += static_cast<int64_t>(random() % (2 * kMs));
    const size_t slot = random() % count;
    Model& model = models[slot];
    if (random() % 200 == 0) model.sends = !model.sends;
    if (!model.sends) continue;
    const bool moves = random() % 500 == 0;
    if (moves) model.origin_ns += (random() % 2 ? 50 : -50) * kMs;
    const int64_t capture = now - static_cast<int64_t>(random() % (100 * kMs));
    const auto timestamp = static_cast<uint32_t>((capture - model.origin_ns) / kMs * (slots[slot].clock_rate / 1000));
    const size_t size = random() % 1200;
    builder.OnSent(slot, timestamp, size, capture / kMs * kMs, now);
    if (model.packets == 0 || moves) model.owed_ns = now;
    model.packets += 1;
    model.octets += static_cast<uint32_t>(size);
    model.fresh = true;
    for (size_t written = builder.Due(now, out); written > 0; written = builder.Due(now, out)) {
      std::vector<uint32_t> described;
      const auto reports = ReadReports(Bytes(out).first(written), cname, &described);
      Check(!reports.empty(), "reports: none", i);
      last_report = now;
      for (const Report& report : reports) {
        Model& of = models[report.ssrc - 1000];
        Check(of.fresh, "reports: of a silent slot", i);
        Check(report.packets == of.packets && report.octets == of.octets, "reports: counts", i);
        Check(report.unix_ns == now + kOffset, "reports: time", i);
        const int64_t rate = slots[report.ssrc - 1000].clock_rate;
        const auto right = static_cast<uint32_t>((now - of.origin_ns) / 1000 * rate / 1'000'000);
        Check(std::abs(static_cast<int32_t>(report.timestamp - right)) <= rate / 1000 + 1, "reports: timestamp", i);
        of.fresh = false;
        of.owed_ns = -1;
        std::erase(described, report.ssrc);
        if ((report.ssrc - 1000) % 2 == 0) Check(std::erase(described, report.ssrc + 1000) == 1, "reports: repair", i);
      }
      Check(described.empty(), "reports: described more", i);
    }
    // One and a half intervals at most; a name of 255 bytes makes them longer, and so it is without pictures.
    Check(now - last_report <= (cname.size() > 60 || !has_video ? 10 : 2) * kSecond, "reports: none for long", i);
    for (const Model& each : models) {
      Check(each.owed_ns < 0 || now - each.owed_ns <= ReportBuilder::kEarlyNs + 400 * kMs, "reports: owed", i);
    }
  }
  size_t bye = builder.Bye(out);
  size_t said = 0;
  RtcpReader reader(Bytes(out).first(bye));
  for (RtcpPacket packet; reader.Next(packet);) said += packet.type == RtcpPacket::kBye ? packet.count : 0;
  size_t right = 0;
  for (size_t i = 0; i < count; ++i) right += models[i].packets == 0 ? 0 : i % 2 == 0 ? 2 : 1;
  Check(said == right, "reports: BYE", steps);
}

void CheckReportPace() {
  const std::vector<SlotOptions> both{MakeSlot(0, Kind::kAudio, 1), MakeSlot(1, Kind::kVideo, 2)};
  ReportBuilder builder(both, std::string(300, 'n'), 0);
  ReportBuilder ordinary(both, std::string(20, 'n'), 0);
  ReportBuilder audio({both[0]}, std::string(20, 'n'), 0);
  std::array<uint8_t, ReportBuilder::kMaxSize> out{};
  uint32_t long_ones = 0;
  uint32_t ordinary_ones = 0;
  uint32_t audio_ones = 0;
  for (int64_t now = 0; now < 1000 * kSecond; now += 20 * kMs) {
    const auto timestamp = static_cast<uint32_t>(now / kMs * 48);
    builder.OnSent(0, timestamp, 80, now, now);
    ordinary.OnSent(0, timestamp, 80, now, now);
    audio.OnSent(0, timestamp, 80, now, now);
    const size_t size = builder.Due(now, out);
    Check(size == 0 || size == 28 + 4 + 264, "pace: the name is cut");
    long_ones += size > 0 ? 1 : 0;
    ordinary_ones += ordinary.Due(now, out) > 0 ? 1 : 0;
    audio_ones += audio.Due(now, out) > 0 ? 1 : 0;
  }
  // 338 bytes at 1600 bit/s.
  Check(long_ones > 540 && long_ones < 650, "pace: bandwidth", long_ones);
  Check(ordinary_ones > 900 && ordinary_ones < 1100, "pace: a second", ordinary_ones);
  Check(audio_ones > 180 && audio_ones < 220, "pace: five seconds", audio_ones);
}

}  // namespace

void CheckReports(Random& random, uint32_t steps) {
  CheckReportBytes();
  CheckReportPace();
  for (uint32_t round = 0; round < 10; ++round) CheckSlots(random, steps);
}

}  // namespace direct
