// The product's resolver against a real DNS server.
#include "dns/unbound_resolver.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "tests/dns/integration/nsd_server.h"
#include "tests/support/run.h"

namespace mailca::dns {
namespace {

const std::string kHead = "$TTL 300\n@ IN SOA ns h 1 3600 600 86400 60\n@ IN NS ns\nns IN A 127.0.0.1\n";

const std::string kPlain = "$ORIGIN plain.test.\n" + kHead +
                           "key._domainkey IN TXT \"v=DKIM1; \" \"p=AAAA\"\n"
                           "two IN TXT \"one\"\ntwo IN TXT \"other\"\n"
                           "alias IN CNAME key._domainkey\nfar IN CNAME there.other.test.\nloop IN CNAME loop\n"
                           "tree IN DNAME sub\nleaf.sub IN TXT \"leaf\"\n"
                           "@ IN CAA 0 issuemail \"ca.example; policy=x\"\n@ IN CAA 128 future \"\"\n"
                           "odd IN TYPE257 \\# 2 0000\nodd IN TYPE16 \\# 2 0541\n";
const std::string kOther = "$ORIGIN other.test.\n" + kHead + "there IN TXT \"far away\"\n";
const std::string kSecure = "$ORIGIN secure.test.\n" + kHead +
                            "key IN TXT \"signed\"\nbogus IN TXT \"tampered\"\n@ IN CAA 0 issuemail \"ca.example\"\n";

class UnboundResolverTest : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        s_folder = new test::TempDir;
        test::writeFile(s_folder->path() / "plain", kSecure);
        const test::Outcome outcome =
            test::run(std::string(MAILCA_SOURCE_DIR) + "/tests/dns/integration/sign_zone secure.test " +
                      s_folder->file("anchor") + " < " + s_folder->file("plain") + " > " + s_folder->file("signed"));
        ASSERT_EQ(outcome.status, 0) << outcome.output;
        s_server = new test::NsdServer({{"plain.test", kPlain},
                                        {"other.test", kOther},
                                        {"broken.test", ""},
                                        {"secure.test", test::readFile(s_folder->path() / "signed")}});
    }
    static void TearDownTestSuite() {
        delete s_server;
        delete s_folder;
    }

    std::unique_ptr<UnboundResolver> resolver(const std::string& anchor = "") const {
        Result<std::unique_ptr<UnboundResolver>> made =
            UnboundResolver::create({{s_server->upstream()}, anchor, std::chrono::seconds(20)});
        if (!made) throw std::runtime_error(made.error().text());
        return std::move(*made);
    }

    static test::TempDir* s_folder;
    static test::NsdServer* s_server;
};

test::TempDir* UnboundResolverTest::s_folder = nullptr;
test::NsdServer* UnboundResolverTest::s_server = nullptr;

TEST_F(UnboundResolverTest, FindsATextAndJoinsItsStrings) {
    const TxtAnswer answer = resolver()->txt("key._domainkey.plain.test");
    EXPECT_EQ(answer.status, Status::Found) << answer.reason;
    EXPECT_EQ(answer.records, std::vector<std::string>{"v=DKIM1; p=AAAA"});
    EXPECT_EQ(answer.ttl, std::chrono::seconds(300));
    EXPECT_EQ(answer.security, Security::Indeterminate);  // no trust anchor
    EXPECT_EQ(answer.reason, "");
    EXPECT_EQ(resolver()->txt("KEY._DomainKey.Plain.Test.").status, Status::Found);
    EXPECT_EQ(resolver()->txt("two.plain.test").records.size(), 2U);
}

TEST_F(UnboundResolverTest, FindsCaa) {  // C15
    CaaAnswer answer = resolver()->caa("plain.test");
    ASSERT_EQ(answer.status, Status::Found) << answer.reason;
    std::sort(answer.records.begin(), answer.records.end(),
              [](const auto& a, const auto& b) { return a.flags < b.flags; });
    ASSERT_EQ(answer.records.size(), 2U);
    EXPECT_EQ(answer.records[0], (CaaRecord{0, "issuemail", "ca.example; policy=x"}));
    EXPECT_EQ(answer.records[1], (CaaRecord{128, "future", ""}));
}

TEST_F(UnboundResolverTest, FollowsAliases) {
    EXPECT_EQ(resolver()->txt("alias.plain.test").records, std::vector<std::string>{"v=DKIM1; p=AAAA"});
    EXPECT_EQ(resolver()->txt("far.plain.test").records, std::vector<std::string>{"far away"});
    EXPECT_EQ(resolver()->txt("leaf.tree.plain.test").records, std::vector<std::string>{"leaf"});
}

TEST_F(UnboundResolverTest, TellsApartWhyThereIsNothing) {  // J7
    EXPECT_EQ(resolver()->txt("plain.test").status, Status::NoData);
    EXPECT_EQ(resolver()->txt("_domainkey.plain.test").status, Status::NoData);  // an empty non-terminal
    EXPECT_EQ(resolver()->caa("ns.plain.test").status, Status::NoData);
    EXPECT_EQ(resolver()->txt("nobody.plain.test").status, Status::NoSuchName);
    EXPECT_EQ(resolver()->txt("x.broken.test").status, Status::Failed);
    EXPECT_EQ(resolver()->txt("x.broken.test").reason, "SERVFAIL");
    EXPECT_EQ(resolver()->txt("x.elsewhere.test").status, Status::Failed);  // nsd refuses
    EXPECT_EQ(resolver()->txt("loop.plain.test").status, Status::Failed);
}

TEST_F(UnboundResolverTest, ARecordThatDoesNotParseIsAFailure) {
    EXPECT_EQ(resolver()->caa("odd.plain.test").status, Status::Failed);
    EXPECT_TRUE(resolver()->caa("odd.plain.test").records.empty());
    // Outside of the anchor everything is insecure, but that is no word on a record which nobody can read (C25, C26).
    EXPECT_EQ(resolver(s_folder->file("anchor"))->caa("plain.test").security, Security::Insecure);
    EXPECT_EQ(resolver(s_folder->file("anchor"))->caa("odd.plain.test").security, Security::Indeterminate);
}

TEST_F(UnboundResolverTest, NeverAsksForWhatIsNoName) {
    for (const char* name : {"", "a b.test", "a\\.plain.test", "*.plain.test", "a..test"}) {
        const TxtAnswer answer = resolver()->txt(name);
        EXPECT_EQ(answer.status, Status::Failed) << name;
        EXPECT_NE(answer.reason, "") << name;
    }
}

TEST_F(UnboundResolverTest, ProvesWhatIsSignedAndRefusesWhatIsForged) {  // C26, B53
    const auto validating = resolver(s_folder->file("anchor"));
    const TxtAnswer good = validating->txt("key.secure.test");
    EXPECT_EQ(good.status, Status::Found) << good.reason;
    EXPECT_EQ(good.security, Security::Secure);
    EXPECT_EQ(validating->caa("secure.test").security, Security::Secure);
    const TxtAnswer forged = validating->txt("bogus.secure.test");
    EXPECT_EQ(forged.status, Status::Failed);
    EXPECT_EQ(forged.security, Security::Bogus);
    EXPECT_TRUE(forged.records.empty());
    EXPECT_NE(forged.reason, "");
    // The same data without an anchor: nobody looked.
    EXPECT_EQ(resolver()->txt("bogus.secure.test").security, Security::Indeterminate);
}

TEST_F(UnboundResolverTest, AnAbsenceWithoutProofInASignedZoneIsBogus) {
    const TxtAnswer answer = resolver(s_folder->file("anchor"))->txt("nobody.secure.test");
    EXPECT_EQ(answer.status, Status::Failed);
    EXPECT_EQ(answer.security, Security::Bogus);
}

TEST_F(UnboundResolverTest, GivesUpOnASilentServer) {
    const int silent = ::socket(AF_INET, SOCK_DGRAM, 0);
    ::sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof address;
    ASSERT_EQ(::bind(silent, reinterpret_cast<::sockaddr*>(&address), size), 0);
    ASSERT_EQ(::getsockname(silent, reinterpret_cast<::sockaddr*>(&address), &size), 0);
    const std::string upstream = "127.0.0.1@" + std::to_string(ntohs(address.sin_port));
    const auto made = UnboundResolver::create({{upstream}, "", std::chrono::milliseconds(200)});
    ASSERT_TRUE(made) << made.error().text();
    const TxtAnswer answer = (*made)->txt("plain.test");
    EXPECT_EQ(answer.status, Status::Failed);
    EXPECT_EQ(answer.reason, "no answer in time");
    ::close(silent);
}

TEST_F(UnboundResolverTest, ServesThreadsAtOnce) {
    const auto shared = resolver();
    std::vector<std::thread> threads;
    std::atomic<int> found = 0;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            for (int round = 0; round < 20; ++round) {
                const char* name = (i + round) % 2 == 0 ? "key._domainkey.plain.test" : "there.other.test";
                found += shared->txt(name).status == Status::Found ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(found, 8 * 20);
}

TEST_F(UnboundResolverTest, RefusesSettingsThatCannotWork) {
    for (const UnboundOptions& options :
         {UnboundOptions{{"localhost"}, ""}, UnboundOptions{{"127.0.0.1@x"}, ""}, UnboundOptions{{""}, ""},
          UnboundOptions{{}, "/nowhere/root.key"}, UnboundOptions{{}, s_folder->path().string()}}) {
        const auto made = UnboundResolver::create(options);
        ASSERT_FALSE(made.has_value());
        EXPECT_EQ(made.error().kind, ErrorKind::Config);
    }
}

}  // namespace
}  // namespace mailca::dns
