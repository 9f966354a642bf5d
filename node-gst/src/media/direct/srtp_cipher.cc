// SHA1_Update and its kin: only they let the state behind the two pads of HMAC be kept, which halves the cost of a small
// packet. EVP_MAC of OpenSSL 3 makes a new digest context per message.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "media/direct/srtp_cipher.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace media {
namespace {

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherPtr = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

// AES of single blocks. Counter mode is made of it here: to OpenSSL 3, setting the first counter of a packet costs more than
// encrypting a hundred bytes. OpenSSL frees wiped.
CipherPtr MakeBlockCipher(const uint8_t* key) {
  CipherPtr cipher(EVP_CIPHER_CTX_new());
  if (!cipher || EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr, key, nullptr) != 1) throw std::bad_alloc();
  EVP_CIPHER_CTX_set_padding(cipher.get(), 0);
  return cipher;
}

constexpr size_t kBlock = 16;
// Blocks of key stream that are made at a time: those of a packet that fits a path, in three turns.
constexpr size_t kBlocks = 32;
using Counter = std::array<uint8_t, kBlock>;

// The key stream from the block `counter` on, over `bytes`. The last two bytes of the counter count (RFC 3711 §4.1.1), from 0.
void CryptFrom(EVP_CIPHER_CTX* cipher, const Counter& counter, std::span<uint8_t> bytes) {
  std::array<uint8_t, kBlock * kBlocks> stream;
  for (uint16_t block = 0; !bytes.empty();) {
    const size_t size = std::min(bytes.size(), stream.size());
    const size_t blocks = (size + kBlock - 1) / kBlock;
    for (size_t i = 0; i < blocks; ++i) {
      std::memcpy(&stream[i * kBlock], counter.data(), kBlock - 2);
      WriteU16(&stream[(i + 1) * kBlock - 2], block++);
    }
    int made = 0;
    EVP_EncryptUpdate(cipher, stream.data(), &made, stream.data(), static_cast<int>(blocks * kBlock));
    for (size_t i = 0; i < size; ++i) bytes[i] ^= stream[i];
    bytes = bytes.subspan(size);
  }
}

// RFC 3711 §4.3.1 and §4.3.2: those of RTP; SRTCP's are 3 more.
enum Label : uint8_t { kEncryption = 0, kAuthentication = 1, kSalt = 2 };
constexpr uint8_t kRtcpLabels = 3;

// RFC 3711 §4.3.3 with a key derivation rate of 0: the key stream at the salt with the label in its eighth byte.
void Derive(EVP_CIPHER_CTX* cipher, SrtpMaster master, uint8_t label, std::span<uint8_t> out) {
  Counter counter{};
  std::copy(master.begin() + 16, master.end(), counter.begin());
  counter[7] ^= label;
  std::fill(out.begin(), out.end(), 0);
  CryptFrom(cipher, counter, out);
  OPENSSL_cleanse(counter.data(), counter.size());
}

// The state of SHA-1 behind one of the two pads of HMAC (RFC 2104).
SHA_CTX PadState(const std::array<uint8_t, 20>& key, uint8_t pad) {
  std::array<uint8_t, SHA_CBLOCK> block;
  block.fill(pad);
  for (size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
  SHA_CTX state;
  SHA1_Init(&state);
  SHA1_Update(&state, block.data(), block.size());
  OPENSSL_cleanse(block.data(), block.size());
  return state;
}

}  // namespace

SrtpSessionKeys::SrtpSessionKeys(SrtpMaster master, Use use) {
  const CipherPtr cipher = MakeBlockCipher(master.data());
  const uint8_t first = use == Use::kRtcp ? kRtcpLabels : 0;
  Derive(cipher.get(), master, first + kEncryption, encryption);
  Derive(cipher.get(), master, first + kSalt, salt);
  Derive(cipher.get(), master, first + kAuthentication, authentication);
}

SrtpSessionKeys::~SrtpSessionKeys() { OPENSSL_cleanse(this, sizeof *this); }

struct SrtpCipher::Contexts {
  explicit Contexts(const SrtpSessionKeys& keys)
      : cipher(MakeBlockCipher(keys.encryption.data())),
        salt(keys.salt),
        inner(PadState(keys.authentication, 0x36)),
        outer(PadState(keys.authentication, 0x5c)) {}

  ~Contexts() {
    OPENSSL_cleanse(salt.data(), salt.size());
    OPENSSL_cleanse(&inner, sizeof inner);
    OPENSSL_cleanse(&outer, sizeof outer);
  }

  const CipherPtr cipher;
  std::array<uint8_t, 14> salt;
  SHA_CTX inner;
  SHA_CTX outer;
};

SrtpCipher::SrtpCipher(const SrtpSessionKeys& keys) : contexts_(std::make_unique<Contexts>(keys)) {}
SrtpCipher::~SrtpCipher() = default;

// RFC 3711 §4.1.1: salt·2^16 xor SSRC·2^64 xor index·2^16.
void SrtpCipher::Crypt(uint32_t ssrc, uint64_t index, std::span<uint8_t> payload) noexcept {
  Counter counter{};
  WriteU32(&counter[4], ssrc);
  WriteU16(&counter[8], static_cast<uint16_t>(index >> 32));
  WriteU32(&counter[10], static_cast<uint32_t>(index));
  for (size_t i = 0; i < contexts_->salt.size(); ++i) counter[i] ^= contexts_->salt[i];
  CryptFrom(contexts_->cipher.get(), counter, payload);
}

SrtpTag SrtpCipher::Authenticate(Bytes packet, uint32_t behind) noexcept {
  std::array<uint8_t, 4> word;
  WriteU32(word.data(), behind);
  std::array<uint8_t, SHA_DIGEST_LENGTH> digest;
  SHA_CTX state = contexts_->inner;
  SHA1_Update(&state, packet.data(), packet.size());
  SHA1_Update(&state, word.data(), word.size());
  SHA1_Final(digest.data(), &state);
  state = contexts_->outer;
  SHA1_Update(&state, digest.data(), digest.size());
  SHA1_Final(digest.data(), &state);
  SrtpTag tag;
  std::copy_n(digest.begin(), tag.size(), tag.begin());
  return tag;
}

}  // namespace media
