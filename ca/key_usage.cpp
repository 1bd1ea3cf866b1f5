// keyUsage: what a certificate says (D20, I11) and what a CSR may ask for (A52, A53).
#include "ca/profile.h"
#include "core/x509/certificate.h"

namespace mailca::ca {
namespace {

constexpr unsigned kSigning = x509::kDigitalSignature | x509::kNonRepudiation;

// A53: RSA keys transport, elliptic curve keys agree, SM2 keys do all three (I11), all others do not encrypt.
unsigned encryptionBits(crypto::KeyType key) {
    switch (key) {
        case crypto::KeyType::Rsa:
            return x509::kKeyEncipherment;
        case crypto::KeyType::P256:
        case crypto::KeyType::P384:
        case crypto::KeyType::P521:
            return x509::kKeyAgreement;
        case crypto::KeyType::Sm2:
            return x509::kKeyEncipherment | x509::kDataEncipherment | x509::kKeyAgreement;
        default:
            return 0;
    }
}

Error notGiven(const Profile& profile) {
    return fail(ErrorKind::BadCsr, "the CSR's keyUsage asks for more than the profile " + profile.name + " (" +
                                       std::string(nameOf(profile.use)) +
                                       ") gives with this key; leave keyUsage out or order another profile");
}

}  // namespace

unsigned keyUsageFor(Use use, crypto::KeyType key) {
    switch (use) {
        case Use::Sign:
            return key == crypto::KeyType::Sm2 ? kSigning : unsigned{x509::kDigitalSignature};
        case Use::Timestamp:
            return x509::kDigitalSignature;
        case Use::Encrypt:
            return encryptionBits(key);
        case Use::Dual:
            return x509::kDigitalSignature | encryptionBits(key);
    }
    return 0;
}

Result<Use> narrowedUse(const Profile& profile, std::optional<unsigned> requestedKeyUsage, crypto::KeyType key) {
    if (!requestedKeyUsage) return profile.use;
    const unsigned asked = *requestedKeyUsage;
    const bool signs = (asked & kSigning) != 0;
    const bool encrypts = (asked & encryptionBits(key)) != 0;
    if ((asked & ~(kSigning | encryptionBits(key))) != 0 || (!signs && !encrypts)) return notGiven(profile);

    Use use = Use::Dual;
    if (!encrypts) use = profile.use == Use::Timestamp ? Use::Timestamp : Use::Sign;
    if (!signs) use = Use::Encrypt;
    if (use == profile.use || (profile.use == Use::Dual && profile.narrowable)) return use;
    return notGiven(profile);
}

}  // namespace mailca::ca
