#include "client/enrollment/profile_keys.h"

#include <gtest/gtest.h>

#include "core/x509/certificate.h"
#include "core/x509/request.h"

namespace mailca::client {
namespace {

using crypto::KeyType;

TEST(ProfileKeys, FitTheirUse) {  // A53, E4
    const struct {
        std::string profile, keyType;
        KeyType type;
        int bits;
    } rows[] = {
        {"smime-sign", "", KeyType::P256, 0},         {"smime-encrypt", "", KeyType::Rsa, 3072},
        {"smime-dual", "", KeyType::Rsa, 3072},       {"smime-multipurpose", "", KeyType::Rsa, 3072},
        {"timestamp", "", KeyType::P256, 0},          {"smime-sign", "p384", KeyType::P384, 0},
        {"timestamp", "rsa4096", KeyType::Rsa, 4096}, {"sm2-sign", "", KeyType::Sm2, 0},
        {"sm2-encrypt", "rsa4096", KeyType::Sm2, 0},  // --key-type is for the others of its bundle
        {"sm2-timestamp", "p256", KeyType::Sm2, 0},
    };
    for (const auto& row : rows) {
        const auto spec = keySpecFor(row.profile, row.keyType);
        ASSERT_TRUE(spec) << row.profile;
        EXPECT_EQ(spec->type, row.type) << row.profile << " " << row.keyType;
        EXPECT_EQ(spec->rsaBits, row.bits) << row.profile << " " << row.keyType;
    }
    for (const char* unknown : {"temporary", "codesigning"}) {
        EXPECT_EQ(keySpecFor(unknown, "").error().kind, ErrorKind::InvalidProfile) << unknown;
    }
    EXPECT_EQ(keySpecFor("timestamp", "rsa2048").error().kind, ErrorKind::Config);  // E4
}

TEST(ProfileKeys, RequestsAskForWhatTheProfileGives) {  // A52, A53, I11
    const auto mailbox = EmailAddress::parse("alice@example.org").value();
    const struct {
        std::string profile;
        std::optional<unsigned> usage;
    } rows[] = {{"sm2-sign", x509::kDigitalSignature},
                {"sm2-encrypt", x509::kKeyEncipherment},
                {"sm2-timestamp", x509::kDigitalSignature}};
    for (const auto& row : rows) {
        const auto key = crypto::PrivateKey::generate({KeyType::Sm2, 0}).value();
        const auto request = x509::CertificateRequest::fromDer(requestFor(row.profile, key, mailbox).value()).value();
        EXPECT_EQ(request.keyUsage(), row.usage) << row.profile;
        EXPECT_TRUE(request.verifySignature()) << row.profile;
    }
}

}  // namespace
}  // namespace mailca::client
