// What other programs say of our hierarchies: OpenSSL's command line, which has no part in making them.
#include <gtest/gtest.h>

#include "ca/crl.h"
#include "tests/ca/issuance_fixture.h"
#include "tests/support/run.h"

namespace mailca::ca {
namespace {

using test::must;
using test::run;

class OpensslTest : public ::testing::TestWithParam<crypto::KeySpec> {
 protected:
    // Runs in the folder of the authority.
    std::string openssl(const std::string& arguments) {
        const auto outcome = run("cd " + m_disk.folder() + " && openssl " + arguments + " 2>&1");
        return outcome.output + (outcome.status == 0 ? "[ok]" : "[failed]");
    }
    static bool says(const std::string& output, const std::string& what) {
        return output.find(what) != std::string::npos;
    }

    SystemClock m_clock;
    test::AuthorityOnDisk m_disk{m_clock, GetParam()};
};

TEST_P(OpensslTest, VerifiesTheChains) {
    for (const std::string name : {"smime", "mailbox-timestamp", "timestamp"}) {
        const std::string said = openssl("verify -x509_strict -CAfile " + name + "-root-1.pem " + name + "-1.pem");
        EXPECT_TRUE(says(said, "[ok]")) << said;
        const std::string crl =
            openssl("crl -inform DER -in " + name + "-root-1.crl -noout -CAfile " + name + "-root-1.pem");
        EXPECT_TRUE(says(crl, "verify OK")) << crl;
        const std::string strict = openssl("verify -crl_check -x509_strict -CAfile " + name + "-root-1.pem -CRLfile " +
                                           name + "-root-1.crl " + name + "-1.pem");
        EXPECT_TRUE(says(strict, "[ok]")) << strict;
    }
}

TEST_P(OpensslTest, TakesTheTimestampingUnitForNothingElse) {  // E1
    const std::string verify =
        "verify -x509_strict -policy_check -CAfile timestamp-root-1.pem -untrusted timestamp-1.pem -purpose ";
    EXPECT_TRUE(says(openssl(verify + "timestampsign timestamp-unit-1.pem"), "[ok]"));
    EXPECT_TRUE(says(openssl(verify + "smimesign timestamp-unit-1.pem"), "[failed]"));
}

TEST_P(OpensslTest, KeepsTheHierarchiesApart) {  // D29
    EXPECT_TRUE(says(openssl("x509 -in smime-1.pem -noout -purpose"), "S/MIME signing CA : Yes"));
    const std::string usage = openssl("x509 -in smime-1.pem -noout -ext extendedKeyUsage");
    EXPECT_TRUE(says(usage, "E-mail Protection") && !says(usage, ",")) << usage;
    EXPECT_TRUE(says(openssl("x509 -in mailbox-timestamp-1.pem -noout -purpose"), "S/MIME signing CA : No"));
    EXPECT_TRUE(says(openssl("verify -CAfile smime-root-1.pem mailbox-timestamp-1.pem"), "[failed]"));
}

INSTANTIATE_TEST_SUITE_P(Keys, OpensslTest, ::testing::ValuesIn(test::kCaKeys), test::CaKeyName());

TEST(Subscribers, VerifyForTheirPurposeAndNoOther) {
    test::IssuanceFixture fixture;
    fixture.accept();
    const test::TempDir folder;
    const std::string base = fixture.disk.folder();
    const struct {
        std::string profile, hierarchy, good, bad;
    } rows[] = {{"smime-sign", "smime", "smimesign", "timestampsign"},
                {"smime-encrypt", "smime", "smimeencrypt", "sslclient"},
                {"smime-dual", "smime", "smimeencrypt", "sslserver"},
                {"smime-dual", "smime", "smimesign", "sslclient"},
                {"smime-multipurpose", "smime-multipurpose", "sslclient", "sslserver"},
                {"smime-multipurpose", "smime-multipurpose", "smimeencrypt", "timestampsign"},
                {"timestamp", "mailbox-timestamp", "timestampsign", "smimesign"}};
    for (const auto& row : rows) {
        // OpenSSL 3.0 takes keyEncipherment alone for encryption, so that EC keys are no good for it here.
        test::Wanted wanted{.profile = row.profile};
        wanted.key = must(crypto::PrivateKey::generate({crypto::KeyType::Rsa, 3072}));
        const auto issued = must(fixture.issuance.issue({fixture.request(std::move(wanted))}));
        test::writeFile(folder.file("one.pem"), issued.front().certificate().pem());
        const std::string verify = "openssl verify -x509_strict -policy_check -attime " +
                                   std::to_string(toUnix(fixture.clock.now()) + 60) + " -CAfile " + base + "/" +
                                   row.hierarchy + "-root-1.pem -untrusted " + base + "/" + row.hierarchy +
                                   "-1.pem -purpose ";
        const auto good = run(verify + row.good + " " + folder.file("one.pem"));
        EXPECT_EQ(good.status, 0) << row.profile << ": " << good.output;
        EXPECT_NE(run(verify + row.bad + " " + folder.file("one.pem")).status, 0) << row.profile;
    }
}

TEST(Shards, RevokeForOpensslToo) {  // F4: the list is taken only for the certificates that name it
    test::IssuanceFixture fixture;
    fixture.accept();
    const auto issued = must(fixture.issuance.issue({fixture.request()}));
    const x509::Certificate& certificate = issued.front().certificate();
    const Issuer& issuer = fixture.disk.smime();
    const int shard = issuer.shardOf(certificate.serial());
    const Time now = fixture.clock.now();
    const test::TempDir folder;
    test::writeFile(folder.file("one.pem"), certificate.pem());
    const auto check = [&](int ofShard, std::vector<x509::RevokedEntry> revoked) {
        const Bytes der = must(
            fixture.signer.signCrl(issuer.name, {ofShard, 1, now, now + std::chrono::days{7}, std::move(revoked)}));
        test::writeFile(folder.file("shard.crl"), der);
        const std::string base = fixture.disk.folder();
        return run("openssl crl -inform DER -in " + folder.file("shard.crl") + " -out " + folder.file("shard.pem") +
                   " && openssl verify -crl_check -extended_crl -attime " + std::to_string(toUnix(now) + 60) +
                   " -CRLfile " + folder.file("shard.pem") + " -CAfile " + base + "/smime-root-1.pem -untrusted " +
                   base + "/smime-1.pem " + folder.file("one.pem"))
            .output;
    };
    EXPECT_NE(check(shard, {}).find(": OK"), std::string::npos);
    EXPECT_NE(check(shard, {{certificate.serial(), now, 1}}).find("certificate revoked"), std::string::npos);
    EXPECT_EQ(check((shard + 1) % 4, {}).find(": OK"), std::string::npos);
}

}  // namespace
}  // namespace mailca::ca
