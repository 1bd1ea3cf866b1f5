// CA keys at rest: files sealed with libsodium. A key is unsealed into locked memory, becomes a PrivateKey, and the
// memory is wiped. Nothing unsealed is ever written.
//
// The file, version 1 (integers big-endian):
//   offset  octets
//    0       16    "mailca sealed 1\n"
//   16        8    Argon2id: operations (passes over the memory)
//   24        8    Argon2id: memory in octets
//   32       16    Argon2id: salt
//   48       24    XChaCha20-Poly1305-IETF: nonce
//   72      n+16   the PKCS#8 DER of the key, encrypted, and its tag; octets 0 to 71 are the associated data
//   72+n+16  32    BLAKE2b-256 of all octets before it: tells a damaged file from a wrong pass-phrase (it is no
//   protection,
//                  the tag is)
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/crypto/key.h"
#include "core/random.h"
#include "core/secret.h"

namespace mailca::ca {

// What one guess at the pass-phrase costs. It stands in the file, so that it can be raised for new files.
struct SealCost {
    std::uint64_t operations;
    std::uint64_t memory;        // octets
    static SealCost moderate();  // libsodium's MODERATE: 3 passes over 256 MiB, about 0.7 s
};

// A pass-phrase that is stretched once for every salt it meets, and seals everything with one: the many keys of a
// ceremony cost one stretching, at the ceremony and at every start of the daemon. (XChaCha20's nonces are long enough
// to be drawn at random under one key.) Any Secret will do where one is asked for. Not thread-safe; the Secret must
// outlive it.
class Stretched final {
 public:
    Stretched(const Secret& passphrase) : m_passphrase(passphrase) {}  // NOLINT(google-explicit-constructor): as said

    bool empty() const { return m_passphrase.empty(); }
    const Bytes& saltForSealing(Random& random) const;
    Result<const Secret*> keyFor(ByteView salt, SealCost cost) const;

 private:
    const Secret& m_passphrase;
    mutable Bytes m_salt;
    mutable std::map<Bytes, Secret> m_keys;  // by salt and cost
};

Result<Bytes> seal(const Secret& plain, const Stretched& passphrase, SealCost cost, Random& random);
// Config: damaged or no such file. Unauthorized: wrong pass-phrase, or altered by somebody who knew how.
Result<Secret> unseal(ByteView file, const Stretched& passphrase);

// A new file, mode 0600, whole and synced or not there at all; an existing one is never overwritten (Io).
Result<void> writeSealedKey(const std::string& path, const crypto::PrivateKey& key, const Stretched& passphrase,
                            SealCost cost, Random& random);
Result<crypto::PrivateKey> readSealedKey(const std::string& path, const Stretched& passphrase);

}  // namespace mailca::ca
