// What is stale, what cannot be signed, and what keeps the daemon from being ready (D47, D48).
#include "daemon/freshness.h"

#include <gtest/gtest.h>

#include "daemon/health.h"
#include "store/crl_book.h"
#include "tests/ca/support.h"

namespace mailca::daemon {
namespace {

using test::must;

class Watch : public ::testing::Test {
 protected:
    void signAll(seconds lifetime) {
        for (const auto& issuer : m_disk.authority().issuers()) {
            for (int shard = 0; shard < issuer->crlShards; ++shard) sign(issuer->name, shard, lifetime);
        }
    }
    void sign(const std::string& issuer, int shard, seconds lifetime) {
        must(m_crls.store({issuer, shard}, {{++m_number, m_clock.now(), m_clock.now() + lifetime}, Bytes(9, 1)}, 0));
    }
    // What a look logs.
    std::string look() {
        ::testing::internal::CaptureStderr();
        const auto looked = m_watch.look();
        std::string said = ::testing::internal::GetCapturedStderr();
        must(looked);
        return said;
    }

    test::TempDir m_dir;
    test::FakeClock m_clock;
    test::AuthorityOnDisk m_disk{m_clock};
    std::unique_ptr<store::Database> m_database = must(store::Database::open(m_dir.file("mailca.db"), {}));
    store::CrlBook m_crls{*m_database};
    bool m_signerIsGone = false;
    std::uint64_t m_number = 0;
    Freshness m_watch{*m_database, m_disk.authority(),
                      [this](const ca::Issuer&) -> Result<Time> {
                          if (m_signerIsGone) return fail(ErrorKind::Unavailable, "the signer is gone");
                          return m_clock.now() + 24h;
                      },
                      m_clock, 72h};
};

TEST_F(Watch, IsContentWhileAllIsFresh) {
    signAll(7 * 24h);
    EXPECT_EQ(look(), "");
    EXPECT_EQ(m_watch.state().crls.size(), m_disk.authority().issuers().size());
    EXPECT_EQ(m_watch.state().ocsp.at("smime-1"), m_clock.now() + 24h);
    EXPECT_TRUE(m_watch.checkCrls().has_value());
    EXPECT_TRUE(m_watch.checkSigner().has_value());
}

TEST_F(Watch, CriesOutWellBeforeACrlIsStale) {
    signAll(7 * 24h);
    sign("smime-1", 0, 71h);
    const std::string said = look();
    EXPECT_NE(said.find("crl.stale_soon"), std::string::npos) << said;
    EXPECT_NE(said.find("smime-1"), std::string::npos) << said;
    EXPECT_EQ(m_watch.state().crls.at("smime-1"), m_clock.now() + 71h) << "the shard that ends first counts";
    EXPECT_TRUE(m_watch.checkCrls().has_value()) << "it is good until then";
    m_clock.advance(71h);
    EXPECT_FALSE(m_watch.checkCrls().has_value());
}

TEST_F(Watch, IsNotReadyWithoutCrls) {
    look();
    EXPECT_FALSE(m_watch.checkCrls().has_value());
}

TEST_F(Watch, TellsWhenNothingCanBeSigned) {
    signAll(7 * 24h);
    m_signerIsGone = true;
    EXPECT_NE(look().find("ocsp.cannot_sign"), std::string::npos);
    EXPECT_FALSE(m_watch.checkSigner().has_value());
    m_signerIsGone = false;
    EXPECT_EQ(look(), "");
    EXPECT_TRUE(m_watch.checkSigner().has_value());
}

TEST(Readiness, TellsWhatIsInTroubleAndAsksNotTooOften) {
    Health health;
    int asked = 0;
    health.add("good", []() -> Result<void> { return {}; });
    health.add("store", [&]() -> Result<void> {
        ++asked;
        return fail(ErrorKind::Unavailable, "the disk is full");
    });
    const std::vector<std::pair<std::string, std::string>> troubles{{"store", "the disk is full"}};
    EXPECT_EQ(health.troubles(), troubles);
    EXPECT_EQ(health.troubles(), troubles);
    EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace mailca::daemon
