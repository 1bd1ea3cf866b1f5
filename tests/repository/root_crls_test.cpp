// Standards F3, F8: a root's CRL is a file that is replaced under a running daemon.
#include "repository/root_crls.h"

#include <gtest/gtest.h>

#include "ca/authority_file.h"
#include "ca/ca_certificates.h"
#include "tests/ca/support.h"

namespace mailca::repository {
namespace {

class RootCrlsTest : public ::testing::Test {
 protected:
    const ca::Authority::RootFile& root() const { return m_disk.authority().roots().front(); }
    void replace(ByteView content) {
        test::writeFile(ca::crlPath(m_disk.folder(), root().name), std::string(asText(content)));
        m_crls.reload();
    }
    Bytes crlOf(const ca::Authority::RootFile& signer, std::uint64_t number) {
        const auto key =
            test::must(ca::readSealedKey(ca::rootKeyPath(m_disk.folder(), signer.name), test::passphrase()));
        return test::must(ca::signRootCrl(signer.certificate, key, {.number = number, .thisUpdate = m_clock.now()}));
    }
    std::uint64_t number() const { return m_crls.find(root().name)->number().value(); }

    test::FakeClock m_clock;
    test::AuthorityOnDisk m_disk{m_clock};
    RootCrls m_crls{m_disk.authority(), m_disk.folder()};
};

TEST_F(RootCrlsTest, TakesOverAHigherNumber) {
    EXPECT_EQ(number(), 1U);
    replace(crlOf(root(), 3));
    EXPECT_EQ(number(), 3U);
    EXPECT_EQ(m_crls.find("nobody"), nullptr);
}

TEST_F(RootCrlsTest, KeepsWhatItHasWhenTheFileIsNotBetter) {
    replace(crlOf(root(), 3));
    replace(crlOf(root(), 2));
    EXPECT_EQ(number(), 3U) << "F3";
    replace(crlOf(root(), 3));
    EXPECT_EQ(number(), 3U);
    replace(toBytes("no CRL"));
    replace({});
    replace(crlOf(m_disk.authority().roots().back(), 9));  // another root's
    EXPECT_EQ(number(), 3U);
    std::filesystem::remove(ca::crlPath(m_disk.folder(), root().name));
    m_crls.reload();
    EXPECT_EQ(number(), 3U);
    replace(crlOf(root(), 4));
    EXPECT_EQ(number(), 4U);
}

}  // namespace
}  // namespace mailca::repository
