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

Result<Bytes> seal(const Secret& plain, const Secret& passphrase, SealCost cost, Random& random);
// Config: damaged or no such file. Unauthorized: wrong pass-phrase, or altered by somebody who knew how.
Result<Secret> unseal(ByteView file, const Secret& passphrase);

// A new file, mode 0600, whole and synced or not there at all; an existing one is never overwritten (Io).
Result<void> writeSealedKey(const std::string& path, const crypto::PrivateKey& key, const Secret& passphrase,
                            SealCost cost, Random& random);
Result<crypto::PrivateKey> readSealedKey(const std::string& path, const Secret& passphrase);

}  // namespace mailca::ca
