// SRTP against the test vectors of RFC 3711 and RFC 2202, and against libsrtp.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libsrtp.h"
#include "media/direct/srtp_protector.h"
#include "media/reception/srtp_unprotector.h"
#include "programs.h"

namespace {

using namespace media;
using Random = std::mt19937;

void Check(bool right, const char* what, uint64_t at = 0) {
  if (right) return;
  std::printf("%s, at %llu\n", what, static_cast<unsigned long long>(at));
  std::exit(1);
}

std::vector<uint8_t> FromHex(std::string_view hex) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

template <class Range>
bool Is(const Range& bytes, std::string_view hex) {
  const auto expected = FromHex(hex);
  return std::equal(bytes.begin(), bytes.end(), expected.begin(), expected.end());
}

template <size_t N>
std::array<uint8_t, N> ArrayFromHex(std::string_view hex) {
  std::array<uint8_t, N> array;
  std::ranges::copy(FromHex(hex), array.begin());
  return array;
}

void CheckVectors() {
  // RFC 3711 B.3.
  const auto master = ArrayFromHex<kSrtpMasterSize>("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6");
  const SrtpSessionKeys derived(master);
  Check(Is(derived.encryption, "C61E7A93744F39EE10734AFE3FF7A087"), "derived cipher key");
  Check(Is(derived.salt, "30CBBC08863D8C85D49DB34A9AE1"), "derived salt");
  Check(Is(derived.authentication, "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"), "derived authentication key");

  // RFC 3711 B.2, and RFC 2202 case 1: its text is packet and rollover counter.
  SrtpSessionKeys keys;
  keys.encryption = ArrayFromHex<16>("2B7E151628AED2A6ABF7158809CF4F3C");
  keys.salt = ArrayFromHex<14>("F0F1F2F3F4F5F6F7F8F9FAFBFCFD");
  keys.authentication.fill(0x0b);
  SrtpCipher cipher(keys);
  std::vector<uint8_t> stream(48);
  cipher.Crypt(0, 0, stream);
  Check(Is(stream, "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0"),
        "key stream");
  const auto text = FromHex("48692054");
  Check(Is(cipher.Authenticate(text, 0x68657265), "b617318655057264e28b"), "HMAC");
}

// Numbers as slots give them: upwards, with holes, some of them late, far enough that they wrap a few times.
class Numbers {
 public:
  explicit Numbers(uint32_t seed) : next_(seed & 0x7FFF) {}

  uint16_t Next(Random& random) {
    if (!skipped_.empty() && random() % 8 == 0) {
      const uint64_t late = skipped_.back();
      skipped_.pop_back();
      if (next_ - late < SrtpIndex::kWindow - 1) return static_cast<uint16_t>(late);
    }
    while (random() % 16 == 0) skipped_.push_back(next_++);
    if (random() % 1000 == 0) next_ += random() % 3000;
    return static_cast<uint16_t>(next_++);
  }

 private:
  uint64_t next_;
  std::vector<uint64_t> skipped_;
};

// Header with CSRCs and extension now and then, payload of any size.
std::vector<uint8_t> MakePacket(Random& random, uint32_t ssrc, uint16_t sequence) {
  const size_t csrcs = random() % 3;
  const size_t words = random() % 2 == 0 ? 0 : 1 + random() % 4;
  const size_t header = 12 + csrcs * 4 + (words == 0 ? 0 : 4 + words * 4);
  std::vector<uint8_t> packet(header + random() % (random() % 2 == 0 ? 160 : 1200));
  for (uint8_t& byte : packet) byte = static_cast<uint8_t>(random());
  packet[0] = static_cast<uint8_t>(0x80 | (words == 0 ? 0 : 0x10) | csrcs);
  WriteU16(&packet[2], sequence);
  WriteU32(&packet[8], ssrc);
  if (words != 0) WriteU16(&packet[12 + csrcs * 4 + 2], static_cast<uint16_t>(words));
  return packet;
}

constexpr uint32_t kSsrcs[] = {1, 0x80000000, 0xFFFFFFFF};

std::array<uint8_t, kSrtpMasterSize> MakeMaster(Random& random) {
  std::array<uint8_t, kSrtpMasterSize> master;
  for (uint8_t& byte : master) byte = static_cast<uint8_t>(random());
  return master;
}

void CompareWithLibsrtp(uint32_t packets) {
  Random random(3711);
  const auto master = MakeMaster(random);
  SrtpProtector ours(master, kSsrcs);
  Libsrtp theirs(master);
  std::vector<Numbers> numbers;
  for (const uint32_t ssrc : kSsrcs) numbers.emplace_back(ssrc * 31 + 32'000);
  for (uint32_t i = 0; i < packets; ++i) {
    const size_t stream = random() % std::size(kSsrcs);
    const auto plain = MakePacket(random, kSsrcs[stream], numbers[stream].Next(random));
    auto packet = plain;
    packet.resize(plain.size() + kSrtpTagSize);
    Check(ours.Protect(packet, plain.size()) == packet.size(), "refused", i);
    Check(theirs.Unprotect(packet), "not authentic to libsrtp", i);
    Check(packet == plain, "other bytes", i);
  }
}

// What libsrtp encrypts, with losses, packets that overtake each other, repeats and forgeries in between.
void ReadWhatLibsrtpWrote(uint32_t packets) {
  Random random(3550);
  const auto master = MakeMaster(random);
  SrtpUnprotector ours(master);
  Libsrtp theirs(master, Libsrtp::Direction::kWrites);
  std::vector<Numbers> numbers;
  for (const uint32_t ssrc : kSsrcs) numbers.emplace_back(ssrc * 31 + 32'000);
  for (uint32_t i = 0; i < packets; ++i) {
    const size_t stream = random() % std::size(kSsrcs);
    const auto plain = MakePacket(random, kSsrcs[stream], numbers[stream].Next(random));
    auto packet = plain;
    Check(theirs.Protect(packet) && packet.size() == plain.size() + kSrtpTagSize, "libsrtp refused", i);
    const auto sent = packet;
    // One bit anywhere, its number and SSRC included: refused, and the right one is taken after it.
    packet[random() % packet.size()] ^= static_cast<uint8_t>(1 << random() % 8);
    Check(ours.Unprotect(packet) == 0, "a forgery was taken", i);
    packet = sent;
    Check(ours.Unprotect(std::span(packet).first(random() % packet.size())) == 0, "a part was taken", i);
    packet = sent;
    Check(ours.Unprotect(packet) == plain.size(), "refused", i);
    Check(std::equal(plain.begin(), plain.end(), packet.begin()), "other bytes", i);
    if (random() % 16 != 0) continue;
    packet = sent;
    Check(ours.Unprotect(packet) == 0 && packet == sent, "taken twice", i);
  }
}

// Compounds, of which each has its index behind it.
void ReadReportsOfLibsrtp(uint32_t compounds) {
  Random random(1889);
  const auto master = MakeMaster(random);
  SrtcpUnprotector ours(master);
  Libsrtp theirs(master, Libsrtp::Direction::kWrites);
  std::vector<std::vector<uint8_t>> late;
  for (uint32_t i = 0; i < compounds; ++i) {
    std::vector<uint8_t> plain(8 + 4 * (random() % 60));
    for (uint8_t& byte : plain) byte = static_cast<uint8_t>(random());
    plain[0] = 0x80;
    plain[1] = 201;
    WriteU32(&plain[4], kSsrcs[random() % std::size(kSsrcs)]);
    auto sent = plain;
    Check(theirs.ProtectRtcp(sent) && sent.size() == plain.size() + 4 + kSrtpTagSize, "rtcp: libsrtp refused", i);
    auto datagram = sent;
    // One bit anywhere, its index and whether it is encrypted included.
    datagram[random() % datagram.size()] ^= static_cast<uint8_t>(1 << random() % 8);
    Check(ours.Unprotect(datagram) == 0, "rtcp: a forgery was taken", i);
    datagram = sent;
    Check(ours.Unprotect(std::span(datagram).first(random() % datagram.size())) == 0, "rtcp: a part was taken", i);
    if (random() % 16 == 0) {
      late.push_back(sent);
      continue;
    }
    datagram = sent;
    Check(ours.Unprotect(datagram) == plain.size(), "rtcp: refused", i);
    Check(std::equal(plain.begin(), plain.end(), datagram.begin()), "rtcp: other bytes", i);
    datagram = sent;
    Check(ours.Unprotect(datagram) == 0 && datagram == sent, "rtcp: taken twice", i);
    if (late.size() < 3) continue;
    for (auto& each : late) {
      datagram = each;
      Check(ours.Unprotect(datagram) > 0, "rtcp: overtaken, and refused", i);
      Check(ours.Unprotect(each) == 0, "rtcp: overtaken, and taken twice", i);
    }
    late.clear();
  }
}

// Without encryption, or longer ago than is known.
void CheckRefusedReports() {
  Random random(5);
  const auto master = MakeMaster(random);
  Libsrtp theirs(master, Libsrtp::Direction::kWrites);
  SrtcpUnprotector ours(master);
  const std::vector<uint8_t> plain{0x80, 201, 0, 1, 0, 0, 0, 9};
  auto first = plain;
  Check(theirs.ProtectRtcp(first), "rtcp: libsrtp");
  for (uint64_t i = 0; i < SrtpIndex::kWindow; ++i) {
    auto next = plain;
    Check(theirs.ProtectRtcp(next) && ours.Unprotect(next) == plain.size(), "rtcp: refused", i);
  }
  Check(ours.Unprotect(first) == 0, "rtcp: too late, and taken");
  // As whoever has the keys would say that it is not encrypted: the tag is right.
  auto clear = plain;
  const uint32_t trailer = 1000;
  const SrtpTag tag =
      SrtpCipher(SrtpSessionKeys(master, SrtpSessionKeys::Use::kRtcp)).Authenticate(clear, trailer);
  clear.resize(clear.size() + 4);
  WriteU32(&clear[plain.size()], trailer);
  clear.insert(clear.end(), tag.begin(), tag.end());
  Check(ours.Unprotect(clear) == 0, "rtcp: not encrypted, and taken");
}

// Whoever has the keys can make a table no larger than its bound; whoever has not, not at all.
void CheckManyStreams() {
  Random random(9);
  const auto master = MakeMaster(random);
  SrtpUnprotector ours(master);
  for (const bool forged : {true, false}) {
    for (uint32_t ssrc = 1; ssrc <= SrtpStreams::kMost + 1; ++ssrc) {
      auto packet = MakePacket(random, ssrc, 7);
      const size_t size = packet.size();
      packet.resize(size + kSrtpTagSize);
      const uint32_t ssrcs[] = {ssrc};
      SrtpProtector(master, ssrcs).Protect(packet, size);
      if (forged) packet.back() ^= 1;
      const bool taken = ours.Unprotect(packet) == size;
      Check(taken == (!forged && ssrc <= SrtpStreams::kMost), "one stream too many, or too few", ssrc);
    }
  }
}

// Any numbers at all: none is taken twice under one rollover counter, and nothing leaves where none was used.
void CheckNoIndexTwice(uint32_t steps) {
  Random random(48);
  SrtpIndex index;
  std::set<uint64_t> used;
  uint16_t around = 65'000;
  for (uint32_t i = 0; i < steps; ++i) {
    around = static_cast<uint16_t>(random() % 200 == 0 ? random() : around + random() % 7);
    const uint16_t sequence = static_cast<uint16_t>(around - random() % 300 % (1 + random() % 300));
    const auto at = index.Estimate(sequence);
    if (!at) continue;
    Check(static_cast<uint16_t>(*at) == sequence, "the index of another number", i);
    Check(used.insert(*at).second, "an index twice", i);
    index.Use(*at);
  }
  Check(used.size() > steps / 100 && *used.rbegin() > 0x10000, "too few numbers taken", used.size());
}

void CheckRefusals() {
  Random random(7);
  SrtpProtector protector(MakeMaster(random), kSsrcs);
  auto packet = MakePacket(random, kSsrcs[0], 100);
  const size_t size = packet.size();
  Check(protector.Protect(packet, size) == 0, "no room for the tag");
  packet.resize(size + kSrtpTagSize);
  const auto plain = packet;
  Check(protector.Protect(packet, size) != 0, "first time");
  packet = plain;
  Check(protector.Protect(packet, size) == 0 && packet == plain, "second time");
  WriteU32(&packet[8], 99);
  Check(protector.Protect(packet, size) == 0, "an SSRC nobody spoke of");
  Check(protector.Protect(packet, 11) == 0, "no RTP");
}

}  // namespace

int RunSrtp(uint32_t packets) {
  CheckVectors();
  CheckRefusals();
  CheckNoIndexTwice(packets);
  CompareWithLibsrtp(packets);
  ReadWhatLibsrtpWrote(packets);
  ReadReportsOfLibsrtp(packets / 10);
  CheckRefusedReports();
  CheckManyStreams();
  std::printf("as libsrtp\n");
  return 0;
}

// Not a test: what a packet costs.
int TimeSrtp(size_t size) {
  Random random(1);
  SrtpProtector protector(MakeMaster(random), kSsrcs);
  std::vector<uint8_t> packet(size + kSrtpTagSize);
  constexpr uint32_t kCount = 1'000'000;
  const std::clock_t start = std::clock();
  for (uint32_t i = 0; i < kCount; ++i) {
    packet[0] = 0x80;
    WriteU16(&packet[2], static_cast<uint16_t>(i));
    WriteU32(&packet[8], 1);
    Check(protector.Protect(packet, size) != 0, "refused", i);
  }
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("%zu bytes: %.2f us\n", size, seconds * 1e6 / kCount);
  return 0;
}
