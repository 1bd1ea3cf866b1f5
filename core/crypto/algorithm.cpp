#include "core/crypto/algorithm.h"

#include <openssl/evp.h>

namespace mailca::crypto {

const evp_md_st* digestOf(SignatureAlgorithm algorithm) {
    switch (algorithm) {
        case SignatureAlgorithm::RsaSha256:
        case SignatureAlgorithm::EcdsaSha256:
            return ::EVP_sha256();
        case SignatureAlgorithm::RsaSha384:
        case SignatureAlgorithm::EcdsaSha384:
            return ::EVP_sha384();
        case SignatureAlgorithm::RsaSha512:
        case SignatureAlgorithm::EcdsaSha512:
            return ::EVP_sha512();
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
