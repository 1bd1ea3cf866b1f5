#include "ca/key_policy.h"

#include <algorithm>

#include "core/crypto/rsa_check.h"

namespace mailca::ca {
namespace {

std::string wanted(const Profile& profile) {
    std::string out;
    if (profile.rsaMaxBits > 0) {
        out = "RSA with " + std::to_string(profile.rsaMinBits) + " to " + std::to_string(profile.rsaMaxBits) + " bits";
    }
    for (const crypto::KeyType curve : profile.curves) out += (out.empty() ? "" : ", ") + std::string(nameOf(curve));
    return out;
}

Error refused(const Profile& profile, const std::string& why) {
    return fail(ErrorKind::BadPublicKey,
                "the key " + why + "; the profile " + profile.name + " takes " + wanted(profile));
}

Result<void> checkSize(const crypto::PublicKey& key, const Profile& profile) {
    const int bits = key.bits();
    if (bits >= profile.rsaMinBits && bits <= profile.rsaMaxBits && bits % 8 == 0) return {};
    return refused(profile, "is RSA with " + std::to_string(bits) + " bits (sizes are divisible by 8, D8)");
}

Result<void> checkNumbers(const crypto::PublicKey& key) {
    if (const auto flaw = crypto::findRsaFlaw(key.rsaModulus(), key.rsaExponent())) {
        return fail(ErrorKind::BadPublicKey, "the RSA key is weak: " + std::string(crypto::explain(*flaw)) +
                                                 "; make a new key with a current version of its program (D8, D13)");
    }
    return {};
}

// RFC 5480 section 2.2: every program reads 04 || x || y; what else there is, some do not.
bool isUncompressed(const crypto::PublicKey& key) {
    const auto coordinate = static_cast<std::size_t>(key.bits() + 7) / 8;
    const Bytes& spki = key.spki();
    return spki.size() > 2 * coordinate && spki[spki.size() - 2 * coordinate - 1] == 0x04;
}

// That the point lies on its curve, and is not the one at infinity, was settled when the key was parsed (D9). The
// cofactor of these curves is 1: every other point has the right order.
Result<void> checkCurve(const crypto::PublicKey& key, const Profile& profile) {
    if (std::find(profile.curves.begin(), profile.curves.end(), key.type()) == profile.curves.end())
        return refused(profile, "is of the type " + std::string(nameOf(key.type())));
    if (isUncompressed(key)) return {};
    return fail(ErrorKind::BadPublicKey, "the point of the key is compressed; send it uncompressed (RFC 5480 2.2)");
}

// Cheapest first: what ends in arithmetic over thousands of bits has passed everything else.
Result<void> checkKey(const crypto::PublicKey& key, const Profile& profile) {
    const bool rsa = key.type() == crypto::KeyType::Rsa;
    if (rsa && profile.rsaMaxBits == 0) return refused(profile, "is RSA");
    if (rsa) TRY_VOID(checkSize(key, profile));
    if (!rsa) TRY_VOID(checkCurve(key, profile));
    if (profile.weakKeys != nullptr && profile.weakKeys->contains(key)) {
        return fail(ErrorKind::BadPublicKey,
                    "the private half of this key is known to others (Debian's CVE-2008-0166, or published); make a "
                    "new key (D13)");
    }
    return rsa ? checkNumbers(key) : Result<void>();
}

}  // namespace

Result<GoodKey> KeyPolicy::check(const crypto::PublicKey& key, const Profile& profile) {
    TRY_VOID(checkKey(key, profile));
    return GoodKey(key);
}

}  // namespace mailca::ca
