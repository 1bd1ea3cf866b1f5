#include "client/enrollment/profile_keys.h"

#include <array>

#include "core/x509/certificate.h"
#include "core/x509/request.h"

namespace mailca::client {
namespace {

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

struct NamedUse {
    std::string_view profile;
    KeyUse use;
};
constexpr std::array<NamedUse, 4> kUses{{{"smime-sign", KeyUse::Sign},
                                         {"smime-encrypt", KeyUse::Encrypt},
                                         {"smime-dual", KeyUse::Dual},
                                         {"timestamp", KeyUse::Timestamp}}};

std::optional<unsigned> usageBits(KeyUse use, crypto::KeyType type) {
    switch (use) {
        case KeyUse::Sign:
        case KeyUse::Timestamp:
            return x509::kDigitalSignature;
        case KeyUse::Encrypt:
            return type == crypto::KeyType::Rsa ? x509::kKeyEncipherment : x509::kKeyAgreement;
        case KeyUse::Dual:
            return std::nullopt;  // absent: both (A52)
    }
    return std::nullopt;
}

}  // namespace

Result<KeyUse> useOf(std::string_view profile) {
    for (const NamedUse& one : kUses) {
        if (one.profile == profile) return one.use;
    }
    return fail(ErrorKind::InvalidProfile, "this mailca cannot make keys for the profile \"" + std::string(profile) +
                                               "\": choose another --profile, or a newer mailca");
}

Result<crypto::KeySpec> parseKeyType(std::string_view text) {
    std::string known;
    for (const NamedType& one : kTypes) {
        if (one.name == text) return one.spec;
        known += " " + std::string(one.name);
    }
    return fail(ErrorKind::Config, "\"" + std::string(text) + "\" is no key type; there are:" + known);
}

Result<crypto::KeySpec> keySpecFor(std::string_view profile, std::string_view keyType) {
    TRY(const KeyUse use, useOf(profile));
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
    TRY(const KeyUse use, useOf(profile));
    return x509::makeRequest(key, mailbox, usageBits(use, key.type()));
}

}  // namespace mailca::client
