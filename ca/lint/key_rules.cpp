// The subject's public key, and the algorithms that belong to keys. The byte strings are those of standards D10 and
// D11, so that they do not come from the library that wrote the certificate.
#include <array>

#include "ca/hierarchy.h"
#include "ca/lint/rules.h"
#include "core/crypto/rsa_check.h"

namespace mailca::ca::lint {
namespace {

using crypto::KeyType;
using Found = std::optional<std::string>;

struct Algorithm {
    KeyType key;
    std::string_view hex;
};

constexpr std::array kSpkiAlgorithms{
    // D10
    Algorithm{KeyType::Rsa, "300d06092a864886f70d0101010500"},
    Algorithm{KeyType::P256, "301306072a8648ce3d020106082a8648ce3d030107"},
    Algorithm{KeyType::P384, "301006072a8648ce3d020106052b81040022"},
    Algorithm{KeyType::P521, "301006072a8648ce3d020106052b81040023"},
    Algorithm{KeyType::Ed25519, "300506032b6570"},
    Algorithm{KeyType::Sm2, "301306072a8648ce3d020106082a811ccf5501822d"},  // I5
};
constexpr std::array kSignatureAlgorithms{
    // D11
    Algorithm{KeyType::Rsa, "300d06092a864886f70d01010b0500"},
    Algorithm{KeyType::Rsa, "300d06092a864886f70d01010c0500"},
    Algorithm{KeyType::Rsa, "300d06092a864886f70d01010d0500"},
    Algorithm{KeyType::P256, "300a06082a8648ce3d040302"},
    Algorithm{KeyType::P384, "300a06082a8648ce3d040303"},
    Algorithm{KeyType::P521, "300a06082a8648ce3d040304"},
    Algorithm{KeyType::Ed25519, "300506032b6570"},
    Algorithm{KeyType::Sm2, "300a06082a811ccf55018375"},  // I5
};

template <std::size_t N>
bool stands(const std::array<Algorithm, N>& table, KeyType key, ByteView bytes) {
    const std::string hex = toHex(bytes);
    for (const Algorithm& row : table) {
        if (row.key == key && row.hex == hex) return true;
    }
    return false;
}

// D8 for subscribers, D14 for CAs, E4 for timestamping.
int smallestModulus(const CertificateContext& context) {
    if ((static_cast<unsigned>(context.kind) & kCas) != 0) return 4096;
    return context.isTimestamp() ? 3072 : 2048;
}

Found keyType(const Inspected& it, const CertificateContext&) {
    if (it.certificate.publicKey().type() != KeyType::Other) return {};
    return "the key (" + toHex(it.tbs.publicKey) + ") is neither RSA, P-256, P-384, P-521, Ed25519 nor SM2";
}

// SM2 has hierarchies of its own, and those have nothing else.
Found keyFamily(const Inspected& it, const CertificateContext& context) {
    const KeyType type = it.certificate.publicKey().type();
    if (hierarchyNamed(context.hierarchy).takes(type)) return {};
    return "a key of the type " + std::string(nameOf(type)) + " has no place in the hierarchy " + context.hierarchy;
}

Found keyAlgorithm(const Inspected& it, const CertificateContext&) {
    const auto parts = readInside(it.tbs.publicKey, tag::kSequence);
    if (!parts || parts->empty()) return "the public key cannot be read";
    const KeyType type = it.certificate.publicKey().type();
    if (stands(kSpkiAlgorithms, type, parts->front().whole)) return {};
    return "the AlgorithmIdentifier " + toHex(parts->front().whole) + " is not that of the key's type, " +
           std::string(nameOf(type));
}

Found rsaSize(const Inspected& it, const CertificateContext& context) {
    const crypto::PublicKey key = it.certificate.publicKey();
    if (key.type() != KeyType::Rsa) return {};
    const int least = smallestModulus(context);
    if (key.bits() >= least && key.bits() % 8 == 0) return {};
    return "RSA with " + std::to_string(key.bits()) + " bits; at least " + std::to_string(least) + ", divisible by 8";
}

Found rsaNumbers(const Inspected& it, const CertificateContext&) {
    const crypto::PublicKey key = it.certificate.publicKey();
    if (key.type() != KeyType::Rsa) return {};
    const Bytes modulus = key.rsaModulus();
    const Bytes exponent = key.rsaExponent();
    if (modulus.empty() || (modulus.back() & 1U) == 0) return "the RSA modulus is even";
    if (exponent.empty() || (exponent.back() & 1U) == 0 || exponent == Bytes{1} || exponent.size() > 32) {
        return "the RSA exponent (" + toHex(exponent) + ") is not odd, at least 3 and below 2^256";
    }
    return {};
}

// Of a subscriber's key the key policy has judged that, and it takes long.
Found rsaWeakness(const Inspected& it, const CertificateContext&) {
    const crypto::PublicKey key = it.certificate.publicKey();
    if (key.type() != KeyType::Rsa) return {};
    const auto flaw = crypto::findRsaFlaw(key.rsaModulus(), key.rsaExponent());
    return flaw ? "the RSA key is weak: " + std::string(crypto::explain(*flaw)) : Found{};
}

// RFC 5480 section 2.2 leaves compressed points to those who like them; many programs do not.
Found keyPoint(const Inspected& it, const CertificateContext&) {
    const crypto::PublicKey key = it.certificate.publicKey();
    const bool curve = key.type() != KeyType::Rsa && key.type() != KeyType::Ed25519 && key.type() != KeyType::Other;
    const auto parts = readInside(it.tbs.publicKey, tag::kSequence);
    if (!curve || (parts && parts->size() == 2 && parts->back().content.size() > 1 && parts->back().content[1] == 0x04))
        return {};
    return "the point of the key is not written uncompressed";
}

constexpr std::array kRules{
    Rule{"key-type", "D9", kAllKinds, keyType},
    Rule{"key-family", "D9, I5", kAllKinds, keyFamily},
    Rule{"key-algorithm", "D10, I5", kAllKinds, keyAlgorithm},
    Rule{"rsa-size", "D8, D14, E4", kAllKinds, rsaSize},
    Rule{"rsa-numbers", "D8", kAllKinds, rsaNumbers},
    Rule{"rsa-weakness", "D8, D13", kCas | kResponders | kUnits, rsaWeakness},
    Rule{"key-point", "RFC 5480 2.2", kAllKinds, keyPoint},
};

}  // namespace

bool isSignatureAlgorithmOf(KeyType key, ByteView algorithm) {
    return stands(kSignatureAlgorithms, key, algorithm);
}

std::span<const Rule> keyRules() {
    return kRules;
}

}  // namespace mailca::ca::lint
