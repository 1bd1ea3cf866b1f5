#include "ca/authority.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "ca/authority_file.h"
#include "core/x509/crl.h"
#include "core/x509/path.h"
#include "tests/ca/support.h"

namespace mailca::ca {
namespace {

using test::AuthorityOnDisk;
using test::must;

// As the signer opens it.
Result<SigningKeys> openKeys(const AuthorityOnDisk& disk) {
    TRY(const Authority authority, Authority::open(disk.file()));
    return SigningKeys::open(disk.file(), authority, test::passphrase());
}

std::string configError(const Result<SigningKeys>& opened) {
    if (opened.has_value()) return "opened";
    EXPECT_EQ(opened.error().kind, ErrorKind::Config);
    return opened.error().detail;
}

void overwrite(const AuthorityOnDisk& disk, const std::string& name, const std::string& by) {
    const Bytes content = test::readBytes(disk.path(by));
    std::filesystem::remove(disk.path(name));
    test::writeFile(disk.path(name), content);
}

TEST(Authority, OpensWhatTheCeremonyMade) {
    const AuthorityOnDisk disk;
    EXPECT_EQ(disk.authority().baseUrl(), "http://pki.example.org");
    EXPECT_EQ(disk.smime().name, "smime-1");
    EXPECT_EQ(disk.timestamp().name, "mailbox-timestamp-1");
    EXPECT_EQ(disk.smime().crlShards, 4);
    EXPECT_EQ(disk.authority().find("smime-1"), &disk.smime());
    EXPECT_EQ(disk.authority().find("smime-2"), nullptr);
    EXPECT_EQ(disk.authority().forHierarchy("sm2"), nullptr);
    EXPECT_EQ(disk.authority().roots().size(), hierarchies().size());
    ASSERT_NE(disk.authority().timestampUnit(), nullptr);
    EXPECT_EQ(disk.authority().timestampUnit()->name, "timestamp-unit-1");
    EXPECT_EQ(disk.authority().timestampUnit()->issuer, disk.authority().forHierarchy("timestamp"));
    EXPECT_EQ(disk.smime().root(), disk.authority().roots().front().certificate);
}

TEST(Authority, NamesItsUrls) {  // F7, D17, D18
    const AuthorityOnDisk disk;
    EXPECT_EQ(disk.smime().crlUrl(3), "http://pki.example.org/crl/smime-1/3.crl");
    EXPECT_EQ(disk.smime().certificateUrl(), "http://pki.example.org/issuer/smime-1.cer");
}

TEST(Authority, SpreadsSerialsOverAllShardsAndKeepsThemThere) {  // F7
    const AuthorityOnDisk disk;
    SystemRandom random;
    std::set<int> seen;
    for (int i = 0; i < 400; ++i) {
        const Serial serial = Serial::random(random);
        const int shard = disk.smime().shardOf(serial);
        EXPECT_EQ(shard, disk.smime().shardOf(must(Serial::fromHex(serial.hex()))));
        EXPECT_TRUE(shard >= 0 && shard < 4);
        seen.insert(shard);
    }
    EXPECT_EQ(seen.size(), 4U);
    // Fixed for ever: a certificate's URL says which shard it is.
    EXPECT_EQ(disk.smime().shardOf(must(Serial::fromHex("0107"))), 0x0107 % 4);
    EXPECT_EQ(disk.smime().shardOf(must(Serial::fromHex("05"))), 1);
}

TEST(Authority, WrongPassphraseIsSaidSo) {
    const AuthorityOnDisk disk;
    const auto opened = SigningKeys::open(disk.file(), disk.authority(), Secret::copyOf(asBytes("guess")));
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, ErrorKind::Unauthorized);
    EXPECT_NE(opened.error().detail.find("wrong pass-phrase"), std::string::npos);
}

TEST(Authority, NeedsNoRootKey) {
    const AuthorityOnDisk disk;
    std::filesystem::remove_all(disk.path("roots"));
    EXPECT_TRUE(openKeys(disk).has_value());
}

TEST(Authority, RefusesFilesThatDoNotBelongTogether) {
    const struct {
        std::string name, by, says;
    } rows[] = {
        {"smime-1.cer", "mailbox-timestamp-1.cer", "is not signed by smime-root-1"},
        {"smime-1.key", "mailbox-timestamp-1.key", "does not belong to"},
        {"smime-root-1.cer", "smime-1.cer", "is not signed by itself"},
        {"smime-root-1.crl", "mailbox-timestamp-root-1.crl", "is no CRL of this root"},
        {"smime-1.cer", "authority.toml", "is no DER certificate"},
        {"smime-1.key", "authority.toml", "no sealed key"},
        {"timestamp-unit-1.cer", "smime-1.cer", "is no timestamping unit of timestamp-1"},
        {"timestamp-unit-1.key", "smime-1.key", "does not belong to"},
        {"sm2-smime-1.cer", "smime-1.cer", "is not signed by"},
    };
    for (const auto& row : rows) {
        const AuthorityOnDisk disk;
        overwrite(disk, row.name, row.by);
        const std::string error = configError(openKeys(disk));
        EXPECT_NE(error.find(row.says), std::string::npos) << error;
        EXPECT_NE(error.find(row.name), std::string::npos) << error;
    }
}

TEST(Authority, MissingFileIsNamed) {
    const AuthorityOnDisk disk;
    std::filesystem::remove(disk.path("smime-1.key"));
    EXPECT_NE(configError(openKeys(disk)).find("smime-1.key"), std::string::npos);
}

TEST(Authority, OpensWithoutATimestampingUnit) {  // as ceremonies before there were units left it
    const AuthorityOnDisk disk;
    AuthorityFile file = must(AuthorityFile::load(disk.file()));
    file.units.clear();
    std::filesystem::remove(disk.file());
    test::writeFile(disk.file(), file.text());
    EXPECT_EQ(must(Authority::open(disk.file())).timestampUnit(), nullptr);
}

TEST(AuthorityFile, ReadsWhatItWrites) {
    const test::TempDir folder;
    const AuthorityFile file{"http://pki.example.org",
                             {"a-root"},
                             {{"a-1", "smime", "a-root", 7}, {"t-1", "timestamp", "a-root", 1}},
                             {{"u-1", "t-1"}}};
    test::writeFile(folder.file("authority.toml"), file.text());
    const AuthorityFile read = must(AuthorityFile::load(folder.file("authority.toml")));
    EXPECT_EQ(read.text(), file.text());
}

TEST(AuthorityFile, RefusesWhatIsUnknownOrOutOfRange) {
    const std::string start = "base_url = \"http://pki.example.org\"\n[[root]]\nname = \"r\"\n";
    const struct {
        std::string text, says;
    } rows[] = {
        {"base_url = \"https://pki.example.org\"\n", "plain http"},
        {start + "[[issuer]]\nname = \"../x\"\nhierarchy = \"smime\"\nroot = \"r\"\ncrl_shards = 1\n", "a-z"},
        {start + "[[issuer]]\nname = \"i\"\nhierarchy = \"smime\"\nroot = \"q\"\ncrl_shards = 1\n",
         "none of the roots"},
        {start + "[[issuer]]\nname = \"i\"\nhierarchy = \"x\"\nroot = \"r\"\ncrl_shards = 1\n", "hierarchy"},
        {start + "[[issuer]]\nname = \"i\"\nhierarchy = \"smime\"\nroot = \"r\"\ncrl_shards = 4097\n", "1 to 4096"},
        {start + "[[issuer]]\nname = \"i\"\nhierarchy = \"smime\"\nroot = \"r\"\ncrl_shards = 1\ncolour = 1\n",
         "colour"},
        {start + "[[issuer]]\nname = \"i\"\nhierarchy = \"smime\"\nroot = \"r\"\ncrl_shards = 1\n" +
             "[[timestamp_unit]]\nname = \"u\"\nissuer = \"i\"\n",
         "no issuing CA for the service's own timestamps"},
    };
    for (const auto& row : rows) {
        const test::TempDir folder;
        test::writeFile(folder.file("authority.toml"), row.text);
        const auto read = AuthorityFile::load(folder.file("authority.toml"));
        ASSERT_FALSE(read.has_value()) << row.text;
        EXPECT_NE(read.error().detail.find(row.says), std::string::npos) << read.error().detail;
    }
}

TEST(BaseUrl, IsPlainHttpForEver) {  // D17
    for (const char* good : {"http://pki.example.org", "http://127.0.0.1:9201", "http://example.org/pki"}) {
        EXPECT_TRUE(checkBaseUrl(good).has_value()) << good;
    }
    for (const char* bad :
         {"", "http://", "https://pki.example.org", "http://pki.example.org/", "http://PKI.example.org",
          "http://pki.example.org/?a", "http://pki.example.org/a b", "http:///crl", "http://:80"}) {
        EXPECT_FALSE(checkBaseUrl(bad).has_value()) << bad;
    }
}

}  // namespace
}  // namespace mailca::ca
