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

Result<void> checkRsa(const crypto::PublicKey& key, const Profile& profile) {
    const int bits = key.bits();
    if (bits < profile.rsaMinBits || bits > profile.rsaMaxBits || bits % 8 != 0) {
        return refused(profile, "is RSA with " + std::to_string(bits) + " bits (sizes are divisible by 8, D8)");
    }
    if (const auto flaw = crypto::findRsaFlaw(key.rsaModulus(), key.rsaExponent())) {
        return fail(ErrorKind::BadPublicKey, "the RSA key is weak: " + std::string(crypto::explain(*flaw)) +
                                                 "; make a new key with a current version of its program (D8, D13)");
    }
    return {};
}

}  // namespace

Result<GoodKey> KeyPolicy::check(const crypto::PublicKey& key, const Profile& profile) {
    if (key.type() == crypto::KeyType::Rsa) {
        if (profile.rsaMaxBits == 0) return refused(profile, "is RSA");
        TRY_VOID(checkRsa(key, profile));
        return GoodKey(key);
    }
    // That the point lies on its curve was settled when the key was parsed (D9).
    if (std::find(profile.curves.begin(), profile.curves.end(), key.type()) == profile.curves.end()) {
        return refused(profile, "is of the type " + std::string(nameOf(key.type())));
    }
    return GoodKey(key);
}

}  // namespace mailca::ca
