// CAA as a validating resolver finds it (C13-C29): a DNS of its own, signed from the root down by ldns and served by
// nsd.
#include <gtest/gtest.h>

#include "dns/unbound_resolver.h"
#include "enroll/va/caa.h"
#include "tests/dns/integration/nsd_server.h"
#include "tests/support/fake_clock.h"

namespace mailca::va {
namespace {

class SignedRoot : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        s_folder = new test::TempDir;
        const test::Outcome made = test::run(std::string(MAILCA_SOURCE_DIR) +
                                             "/tests/enroll/va/integration/signed_root " + s_folder->path().string());
        ASSERT_EQ(made.status, 0) << made.output;
        std::vector<test::Zone> zones{{"dead-signed.", ""}, {"dead-unsigned.", ""}};
        for (const char* name : {".", "secure.", "open.", "forged.", "mismatched.", "unsigned.", "aliases."}) {
            zones.push_back({name, test::readFile(s_folder->file(std::string(name) + ".zone"))});
        }
        s_server = new test::NsdServer(zones);
    }
    static void TearDownTestSuite() {
        delete s_server;
        delete s_folder;
    }
    // "granted", or the kind of the refusal.
    static std::string verdict(dns::Resolver& resolver, const std::string& domain) {
        const test::FakeClock clock;
        CaaChecker checker(resolver, clock, {"ca.example"});
        const auto permission = checker.permission(domain);
        if (permission) return "granted";
        if (permission.error().kind == ErrorKind::Caa) return "forbidden";
        return permission.error().kind == ErrorKind::Dns ? "not learnt" : permission.error().text();
    }
    static std::unique_ptr<dns::UnboundResolver> resolver() {
        auto made =
            dns::UnboundResolver::create({{s_server->upstream()}, s_folder->file("anchor"), std::chrono::seconds(20)});
        if (!made) throw std::runtime_error(made.error().text());
        return *std::move(made);
    }

    static test::TempDir* s_folder;
    static test::NsdServer* s_server;
};

test::TempDir* SignedRoot::s_folder = nullptr;
test::NsdServer* SignedRoot::s_server = nullptr;

TEST_F(SignedRoot, IsBelievedAsFarAsItIsProven) {
    const struct {
        const char* domain;
        const char* verdict;
        const char* why;
    } rows[] = {
        {"ours.secure", "granted", "signed"},
        {"plain.secure", "granted", "C15: a proven absence, then the zone's own set"},
        {"not-there.secure", "granted", "a name that is proven not to exist, too"},
        {"nobody.secure", "forbidden", "C20"},
        {"others.secure", "forbidden", "C18"},
        {"mail.open", "granted", "C14: no set up to the root"},
        {"ours.forged", "not learnt", "C26: changed after it was signed"},
        {"ours.mismatched", "not learnt", "C26: the DS is of another key"},
        {"ours.unsigned", "granted", "an unsigned delegation, opted out of NSEC3"},
        {"nobody.unsigned", "forbidden", "and it counts as much"},
        {"ours.aliases", "granted", "C16: CNAME, both ends signed"},
        {"nobody.aliases", "forbidden", "C16"},
        {"far.aliases", "granted", "CNAME into an unsigned zone"},
        {"wrong.aliases", "not learnt", "CNAME to what was forged"},
        {"ours.tree.aliases", "granted", "DNAME"},
        {"nobody.tree.aliases", "forbidden", "DNAME"},
        {"ours.badtree.aliases", "not learnt", "DNAME to what was forged"},
        {"mail.dead-unsigned", "not learnt", "stricter than C25: no answer is no proof"},
        {"mail.dead-signed", "not learnt", "C26: no answer in a signed zone"},
    };
    const auto asked = resolver();
    for (const auto& row : rows) EXPECT_EQ(verdict(*asked, row.domain), row.verdict) << row.domain << ": " << row.why;
}

}  // namespace
}  // namespace mailca::va
