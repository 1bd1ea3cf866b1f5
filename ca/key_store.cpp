#include "ca/key_store.h"

#include <sodium.h>

#include <algorithm>
#include <new>
#include <string_view>

#include "ca/new_file.h"

namespace mailca::ca {
namespace {

constexpr std::string_view kMagic = "mailca sealed 1\n";
constexpr std::size_t kSaltSize = crypto_pwhash_SALTBYTES;
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kCostAt = kMagic.size();
constexpr std::size_t kSaltAt = kCostAt + 16;
constexpr std::size_t kNonceAt = kSaltAt + kSaltSize;
constexpr std::size_t kHeaderSize = kNonceAt + kNonceSize;
constexpr std::size_t kSumSize = crypto_generichash_BYTES;
// A damaged or hostile header must not ask for all the memory there is.
constexpr std::uint64_t kMaxOperations = 64;
constexpr std::uint64_t kMaxMemory = 4ULL << 30;

void append(Bytes& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(number >> shift));
}

std::uint64_t numberAt(ByteView bytes, std::size_t at) {
    std::uint64_t out = 0;
    for (const std::uint8_t octet : bytes.subspan(at, 8)) out = out << 8 | octet;
    return out;
}

Bytes sumOf(ByteView bytes) {
    Bytes out(kSumSize);
    ::crypto_generichash(out.data(), out.size(), bytes.data(), bytes.size(), nullptr, 0);
    return out;
}

Result<Secret> deriveKey(const Secret& passphrase, ByteView salt, SealCost cost) {
    Secret key(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    const std::string_view text = passphrase.text();
    if (::crypto_pwhash(key.bytes().data(), key.bytes().size(), text.data(), text.size(), salt.data(), cost.operations,
                        static_cast<std::size_t>(cost.memory), crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return fail(ErrorKind::Io, "the pass-phrase cannot be stretched: " + std::to_string(cost.memory >> 20) +
                                       " MiB of memory are needed for it");
    }
    return key;
}

}  // namespace

SealCost SealCost::moderate() {
    return {crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE};
}

const Bytes& Stretched::saltForSealing(Random& random) const {
    if (m_salt.empty()) m_salt = random.bytes(kSaltSize);
    return m_salt;
}

Result<const Secret*> Stretched::keyFor(ByteView salt, SealCost cost) const {
    Bytes name(salt.begin(), salt.end());
    append(name, cost.operations);
    append(name, cost.memory);
    const auto known = m_keys.find(name);
    if (known != m_keys.end()) return &known->second;
    TRY(Secret key, deriveKey(m_passphrase, salt, cost));
    return &m_keys.emplace(std::move(name), std::move(key)).first->second;
}

Result<Bytes> seal(const Secret& plain, const Stretched& passphrase, SealCost cost, Random& random) {
    if (::sodium_init() < 0) throw std::bad_alloc();
    if (passphrase.empty())
        return fail(ErrorKind::Config, "the pass-phrase is empty; a CA key is never stored without one");
    Bytes file = toBytes(kMagic);
    append(file, cost.operations);
    append(file, cost.memory);
    for (const Bytes& part : {passphrase.saltForSealing(random), random.bytes(kNonceSize)}) {
        file.insert(file.end(), part.begin(), part.end());
    }
    TRY(const Secret* const key, passphrase.keyFor(ByteView(file).subspan(kSaltAt, kSaltSize), cost));

    Bytes sealed(plain.view().size() + kTagSize);
    ::crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(), nullptr, plain.view().data(), plain.view().size(),
                                                 file.data(), kHeaderSize, nullptr, file.data() + kNonceAt,
                                                 key->view().data());
    file.insert(file.end(), sealed.begin(), sealed.end());
    const Bytes sum = sumOf(file);
    file.insert(file.end(), sum.begin(), sum.end());
    return file;
}

Result<Secret> unseal(ByteView file, const Stretched& passphrase) {
    if (::sodium_init() < 0) throw std::bad_alloc();
    if (!asText(file).starts_with(kMagic)) {
        return fail(ErrorKind::Config, "this is no sealed key of this program, or a later version wrote it");
    }
    if (file.size() < kHeaderSize + kTagSize + kSumSize ||
        !equalConstantTime(sumOf(file.first(file.size() - kSumSize)), file.last(kSumSize))) {
        return fail(ErrorKind::Config, "the sealed key is damaged; put back a copy of the file");
    }
    const SealCost cost{numberAt(file, kCostAt), numberAt(file, kCostAt + 8)};
    if (cost.operations > kMaxOperations || cost.memory > kMaxMemory) {
        return fail(ErrorKind::Config,
                    "the sealed key asks for more work than this program does; put back a copy of the file");
    }
    TRY(const Secret* const key, passphrase.keyFor(file.subspan(kSaltAt, kSaltSize), cost));

    const ByteView sealed = file.subspan(kHeaderSize, file.size() - kHeaderSize - kSumSize);
    Secret plain(sealed.size() - kTagSize);
    if (::crypto_aead_xchacha20poly1305_ietf_decrypt(plain.bytes().data(), nullptr, nullptr, sealed.data(),
                                                     sealed.size(), file.data(), kHeaderSize, file.data() + kNonceAt,
                                                     key->view().data()) != 0) {
        return fail(ErrorKind::Unauthorized, "wrong pass-phrase");
    }
    return plain;
}

Result<void> writeSealedKey(const std::string& path, const crypto::PrivateKey& key, const Stretched& passphrase,
                            SealCost cost, Random& random) {
    TRY(const Secret plain, key.toPkcs8());
    TRY(const Bytes file, seal(plain, passphrase, cost, random));
    return writeNewFile(path, file, FileMode::Private);
}

Result<crypto::PrivateKey> readSealedKey(const std::string& path, const Stretched& passphrase) {
    TRY(const Bytes file, readWholeFile(path));
    const Result<Secret> plain = unseal(file, passphrase);
    if (!plain) return fail(plain.error().kind, path + ": " + plain.error().detail);
    return crypto::PrivateKey::fromPkcs8(plain->view());
}

}  // namespace mailca::ca
