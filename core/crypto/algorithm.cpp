#include "core/crypto/algorithm.h"

#include "core/crypto/openssl.h"

namespace mailca::crypto {

const evp_md_st* digestOf(SignatureAlgorithm algorithm) {
    static const EVP_MD* const kSha256 = fetchedDigest("SHA2-256");
    static const EVP_MD* const kSha384 = fetchedDigest("SHA2-384");
    static const EVP_MD* const kSha512 = fetchedDigest("SHA2-512");
    static const EVP_MD* const kSm3 = fetchedDigest("SM3");
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
        case SignatureAlgorithm::Sm2Sm3:
            return kSm3;
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
        case SignatureAlgorithm::Sm2Sm3:
            return type == KeyType::Sm2;
    }
    return false;
}

bool setIdentifier(SignatureAlgorithm algorithm, evp_pkey_ctx_st* context) {
    if (algorithm != SignatureAlgorithm::Sm2Sm3) return true;
    return ::EVP_PKEY_CTX_set1_id(context, kSm2Identifier.data(), kSm2Identifier.size()) == 1;
}

}  // namespace mailca::crypto
