// What a certificate says of itself decides how it is published (standards D20, E1).
#include <gtest/gtest.h>

#include "exchange/directory/port.h"
#include "tests/support/certificates.h"

namespace mailca::exchange {
namespace {

const test::Identity& root() {
    static const test::Identity identity = test::makeRoot();
    return identity;
}

Result<Publication> published(crypto::KeyType type, unsigned usage, std::string_view purpose) {
    x509::CertificateFields fields = test::leafFields(test::makeKey(type).publicKey(), "alice@example.org");
    fields.keyUsage = usage;
    fields.extendedKeyUsage = {std::string(purpose)};
    return publicationOf(*EmailAddress::parse("alice@example.org"), test::sign(std::move(fields), root()),
                         TrustClass::Issued);
}

TEST(Publication, RolesFollowTheUsage) {
    const struct {
        crypto::KeyType type;
        unsigned usage;
        std::string_view purpose;
        std::vector<Role> roles;
        const char* algorithm;
    } kCases[] = {
        {crypto::KeyType::P256, x509::kDigitalSignature, x509::oid::kEmailProtection, {Role::Sign}, "P-256"},
        {crypto::KeyType::Rsa, x509::kKeyEncipherment, x509::oid::kEmailProtection, {Role::Encrypt}, "RSA-2048"},
        {crypto::KeyType::P384, x509::kKeyAgreement, x509::oid::kEmailProtection, {Role::Encrypt}, "P-384"},
        {crypto::KeyType::P256,
         x509::kDigitalSignature | x509::kKeyAgreement,
         x509::oid::kEmailProtection,
         {Role::Sign, Role::Encrypt},
         "P-256"},
        {crypto::KeyType::P256, x509::kDigitalSignature, x509::oid::kTimeStamping, {Role::Timestamp}, "P-256"},
    };
    for (const auto& [type, usage, purpose, roles, algorithm] : kCases) {
        const auto publication = published(type, usage, purpose);
        ASSERT_TRUE(publication) << publication.error().detail;
        EXPECT_EQ(publication->roles, roles) << algorithm << " " << usage;
        EXPECT_EQ(publication->algorithm, algorithm);
        EXPECT_EQ(publication->trust, TrustClass::Issued);
    }
}

TEST(Publication, TakesItsFactsFromTheCertificate) {
    const test::Identity leaf = test::makeLeaf(root(), "alice@example.org");
    const auto publication =
        publicationOf(*EmailAddress::parse("alice@example.org"), leaf.certificate, TrustClass::Observed);
    ASSERT_TRUE(publication);
    EXPECT_EQ(publication->certificate, leaf.certificate.der());
    EXPECT_EQ(publication->fingerprint, toHex(leaf.certificate.sha256()));
    EXPECT_EQ(publication->notBefore, leaf.certificate.notBefore());
    EXPECT_EQ(publication->notAfter, leaf.certificate.notAfter());
    EXPECT_EQ(publication->trust, TrustClass::Observed);
}

TEST(Publication, WithoutAUseIsRefused) {
    EXPECT_FALSE(published(crypto::KeyType::P256, x509::kCrlSign, x509::oid::kEmailProtection));
}

TEST(RoleNames, RoundTrip) {
    for (const Role role : {Role::Sign, Role::Encrypt, Role::Timestamp}) EXPECT_EQ(roleNamed(nameOf(role)), role);
    EXPECT_FALSE(roleNamed("Sign"));
    EXPECT_FALSE(roleNamed(""));
}

}  // namespace
}  // namespace mailca::exchange
