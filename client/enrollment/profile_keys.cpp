#include "client/enrollment/profile_keys.h"

#include <algorithm>
#include <array>

#include "core/x509/certificate.h"
#include "core/x509/request.h"

namespace mailca::client {
namespace {

enum class KeyUse { Sign, Encrypt, Dual, Timestamp };

constexpr int kSmallestTimestampRsa = 3072;

struct NamedType {
    std::string_view name;
    crypto::KeySpec spec;
};
constexpr std::array<NamedType, 5> kTypes{{{"rsa2048", {crypto::KeyType::Rsa, 2048}},
                                           {"rsa3072", {crypto::KeyType::Rsa, 3072}},
                                           {"rsa4096", {crypto::KeyType::Rsa, 4096}},
                                           {"p256", {crypto::KeyType::P256, 0}},
                                           {"p384", {crypto::KeyType::P384, 0}}}};

enum class Family { International, Sm2 };
struct NamedProfile {
    std::string_view name;
    KeyUse use;
    Family family;
};
constexpr std::array kProfiles{NamedProfile{"smime-sign", KeyUse::Sign, Family::International},
                               NamedProfile{"smime-encrypt", KeyUse::Encrypt, Family::International},
                               NamedProfile{"smime-dual", KeyUse::Dual, Family::International},
                               NamedProfile{"smime-multipurpose", KeyUse::Dual, Family::International},
                               NamedProfile{"timestamp", KeyUse::Timestamp, Family::International},
                               NamedProfile{"sm2-sign", KeyUse::Sign, Family::Sm2},
                               NamedProfile{"sm2-encrypt", KeyUse::Encrypt, Family::Sm2},
                               NamedProfile{"sm2-timestamp", KeyUse::Timestamp, Family::Sm2}};

Result<NamedProfile> find(std::string_view profile) {
    const auto* const found = std::ranges::find(kProfiles, profile, &NamedProfile::name);
    if (found != kProfiles.end()) return *found;
    return fail(ErrorKind::InvalidProfile, "this mailca cannot make keys for the profile \"" + std::string(profile) +
                                               "\": choose another --profile, or a newer mailca");
}

std::optional<unsigned> usageBits(KeyUse use, crypto::KeyType type) {
    switch (use) {
        case KeyUse::Sign:
        case KeyUse::Timestamp:
            return x509::kDigitalSignature;
        case KeyUse::Encrypt:  // A53; SM2 keys do either (standards I11)
            return type == crypto::KeyType::Rsa || type == crypto::KeyType::Sm2 ? x509::kKeyEncipherment
                                                                                : x509::kKeyAgreement;
        case KeyUse::Dual:
            return std::nullopt;  // absent: both (A52)
    }
    return std::nullopt;
}

}  // namespace

Result<crypto::KeySpec> parseKeyType(std::string_view text) {
    std::string known;
    for (const NamedType& one : kTypes) {
        if (one.name == text) return one.spec;
        known += " " + std::string(one.name);
    }
    return fail(ErrorKind::Config, "\"" + std::string(text) + "\" is no key type; there are:" + known);
}

Result<crypto::KeySpec> keySpecFor(std::string_view profile, std::string_view keyType) {
    TRY(const NamedProfile named, find(profile));
    const KeyUse use = named.use;
    if (named.family == Family::Sm2) return crypto::KeySpec{crypto::KeyType::Sm2, 0};
    if (keyType.empty()) {
        const bool encrypts = use == KeyUse::Encrypt || use == KeyUse::Dual;
        return encrypts ? crypto::KeySpec{crypto::KeyType::Rsa, 3072} : crypto::KeySpec{crypto::KeyType::P256, 0};
    }
    TRY(const crypto::KeySpec spec, parseKeyType(keyType));
    if (use == KeyUse::Timestamp && spec.type == crypto::KeyType::Rsa && spec.rsaBits < kSmallestTimestampRsa) {
        return fail(ErrorKind::Config,
                    "timestamping wants RSA of 3072 bits or more: choose --key-type rsa3072, or a "
                    "--profile without timestamping");
    }
    return spec;
}

Result<Bytes> requestFor(std::string_view profile, const crypto::PrivateKey& key, const EmailAddress& mailbox) {
    TRY(const NamedProfile named, find(profile));
    return x509::makeRequest(key, mailbox, usageBits(named.use, key.type()));
}

}  // namespace mailca::client
