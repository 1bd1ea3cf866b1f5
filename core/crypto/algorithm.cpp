#include "core/crypto/algorithm.h"

#include <openssl/evp.h>

namespace mailca::crypto {

// Fetched once and for all: what EVP_sha256() gives is looked up anew by every signature.
const evp_md_st* digestOf(SignatureAlgorithm algorithm) {
    static const EVP_MD* const kSha256 = ::EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
    static const EVP_MD* const kSha384 = ::EVP_MD_fetch(nullptr, "SHA2-384", nullptr);
    static const EVP_MD* const kSha512 = ::EVP_MD_fetch(nullptr, "SHA2-512", nullptr);
    switch (algorithm) {
        case SignatureAlgorithm::RsaSha256:
        case SignatureAlgorithm::EcdsaSha256:
            return kSha256;
        case SignatureAlgorithm::RsaSha384:
        case SignatureAlgorithm::EcdsaSha384:
            return kSha384;
        case SignatureAlgorithm::RsaSha512:
        case SignatureAlgorithm::EcdsaSha512:
            return kSha512;
        case SignatureAlgorithm::Ed25519:
            break;
    }
    return nullptr;
}

bool fits(SignatureAlgorithm algorithm, KeyType type) {
    switch (algorithm) {
        case SignatureAlgorithm::RsaSha256:
        case SignatureAlgorithm::RsaSha384:
        case SignatureAlgorithm::RsaSha512:
            return type == KeyType::Rsa;
        case SignatureAlgorithm::EcdsaSha256:
            return type == KeyType::P256;
        case SignatureAlgorithm::EcdsaSha384:
            return type == KeyType::P384;
        case SignatureAlgorithm::EcdsaSha512:
            return type == KeyType::P521;
        case SignatureAlgorithm::Ed25519:
            return type == KeyType::Ed25519;
    }
    return false;
}

}  // namespace mailca::crypto
