#include "exchange/http/lookup.h"

#include <gtest/gtest.h>

#include <set>

#include "core/json/json.h"
#include "exchange/http/routes.h"
#include "tests/support/fake_clock.h"

namespace mailca::exchange {
namespace {

// Answers what it was told to for one mailbox, and fails the test when asked for roles it was not told of.
class OneMailbox final : public Directory {
 public:
    std::vector<Entry> entries;
    std::vector<Role> asked;
    Result<std::vector<Entry>> lookup(const EmailAddress& mailbox, const std::vector<Role>& roles, Time) override {
        asked = roles;
        if (mailbox.text() != "alice@example.org") return std::vector<Entry>{};
        return entries;
    }
};

Entry entry(std::string der, std::string fingerprint) {
    const test::FakeClock clock;
    return Entry{.mailbox = *EmailAddress::parse("alice@example.org"),
                 .certificate = toBytes(der),
                 .roles = {Role::Encrypt},
                 .algorithm = "RSA-3072",
                 .fingerprint = std::move(fingerprint),
                 .notBefore = clock.now() - 1h,
                 .notAfter = clock.now() + 24h,
                 .publishedAt = clock.now()};
}

class Lookup : public ::testing::Test {
 protected:
    Lookup() { addRoutes(router, directory, clock); }

    web::Response get(const std::string& path, const std::string& query = "", const std::string& accept = "",
                      const std::string& ifNoneMatch = "") {
        web::Request request;
        request.path = path;
        request.query = query;
        if (!accept.empty()) request.headers.add("Accept", accept);
        if (!ifNoneMatch.empty()) request.headers.add("If-None-Match", ifNoneMatch);
        return router(request);
    }

    test::FakeClock clock;
    OneMailbox directory;
    web::Router router;
};

constexpr const char* kAlice = "/v1/mailboxes/alice%40example.org";

TEST_F(Lookup, JsonShowsEveryFact) {
    directory.entries = {entry("der", "f1")};
    const web::Response response = get(kAlice);
    ASSERT_EQ(response.status(), 200);
    EXPECT_EQ(response.contentType(), "application/json");
    const json::Value body = *json::parse(response.body());
    EXPECT_EQ(body.string("mailbox"), "alice@example.org");
    const json::Value& shown = body.array("entries")->at(0);
    EXPECT_EQ(shown.array("role")->at(0), json::Value("encrypt"));
    EXPECT_EQ(shown.string("algorithm"), "RSA-3072");
    EXPECT_EQ(shown.string("class"), "issued");
    EXPECT_EQ(shown.string("state"), "live");
    EXPECT_EQ(shown.string("fingerprint"), "f1");
    EXPECT_EQ(shown.string("certificate"), toBase64(toBytes("der")));
}

TEST_F(Lookup, EncryptionIsTheDefaultRoleAndOthersAreOnRequest) {
    get(kAlice);
    EXPECT_EQ(directory.asked, std::vector{Role::Encrypt});
    get(kAlice, "roles=sign,timestamp,sign");
    EXPECT_EQ(directory.asked, (std::vector{Role::Sign, Role::Timestamp}));
    EXPECT_EQ(get(kAlice, "roles=everything").status(), 400);
    EXPECT_EQ(get(kAlice, "roles=encrypt,").status(), 400);
}

TEST_F(Lookup, NobodyIsAnEmptyListInJsonAnd404Elsewhere) {
    const web::Response json = get("/v1/mailboxes/bob@example.org");
    EXPECT_EQ(json.status(), 200);
    EXPECT_EQ(json.body(), R"({"mailbox":"bob@example.org","entries":[]})");
    EXPECT_EQ(get("/v1/mailboxes/bob@example.org", "", "application/pem-certificate-chain").status(), 404);
    EXPECT_EQ(get("/v1/mailboxes/bob@example.org", "", "application/pkix-cert").status(), 404);
}

TEST_F(Lookup, FormatsFollowAccept) {
    directory.entries = {entry("der", "f1")};
    EXPECT_EQ(get(kAlice, "", "application/pkix-cert").body(), "der");
    EXPECT_EQ(get(kAlice, "", "application/pem-certificate-chain").body(),
              "-----BEGIN CERTIFICATE-----\nZGVy\n-----END CERTIFICATE-----\n");
    EXPECT_EQ(get(kAlice, "", "text/html, */*;q=0.1").contentType(), "application/json");
    EXPECT_EQ(get(kAlice, "", "text/html").status(), 406);
}

TEST_F(Lookup, SeveralInDerAreMultipart) {  // G5
    directory.entries = {entry("one", "f1"), entry("two", "f2")};
    const web::Response response = get(kAlice, "", "application/pkix-cert");
    const std::string type = response.contentType();
    ASSERT_TRUE(type.starts_with("multipart/mixed; boundary="));
    const std::string boundary = "--" + type.substr(type.find('=') + 1);
    const std::string part = boundary + "\r\nContent-Type: application/pkix-cert\r\n\r\n";
    EXPECT_EQ(response.body(), part + "one\r\n" + part + "two\r\n" + boundary + "--\r\n");
}

TEST_F(Lookup, EtagSparesWhatDidNotChangeAndOnlyThat) {
    directory.entries = {entry("der", "f1")};
    const web::Response first = get(kAlice);
    EXPECT_EQ(first.field("Cache-Control"), "no-cache");
    const std::string etag(first.field("ETag"));
    const web::Response again = get(kAlice, "", "", etag);
    EXPECT_EQ(again.status(), 304);
    EXPECT_TRUE(again.body().empty());
    directory.entries.clear();  // withdrawn
    EXPECT_EQ(get(kAlice, "", "", etag).status(), 200);
}

TEST_F(Lookup, EtagIsOfAllThatTheAnswerSays) {
    directory.entries = {entry("der", "f1")};
    std::set<std::string> seen;
    const auto isNew = [&](const std::string& accept = "") {
        return seen.insert(std::string(get(kAlice, "", accept).field("ETag"))).second;
    };
    EXPECT_TRUE(isNew());
    EXPECT_FALSE(isNew()) << "of the same it is the same";
    EXPECT_TRUE(isNew("application/pkix-cert")) << "another format";
    directory.entries = {entry("der", "f2")};
    EXPECT_TRUE(isNew()) << "another certificate";
    directory.entries[0].trust = TrustClass::Observed;
    EXPECT_TRUE(isNew()) << "another class";
    directory.entries = {entry("der", "f1"), entry("der", "f2")};
    EXPECT_TRUE(isNew()) << "one more";
    directory.entries = {entry("der", "f2"), entry("der", "f1")};
    EXPECT_TRUE(isNew()) << "in another order";
    EXPECT_NE(get("/v1/mailboxes/bob%40example.org").field("ETag"),
              get("/v1/mailboxes/carol%40example.org").field("ETag"));
}

TEST_F(Lookup, OnlyWholeAddresses) {
    for (const char* bad : {"alice", "alice@", "@example.org", "*@example.org", "a@b@example.org",
                            "alice%00@example.org", "%zz", "alice@example.org%0d%0a"}) {
        EXPECT_EQ(get(std::string("/v1/mailboxes/") + bad).status(), 400) << bad;
    }
    EXPECT_EQ(get("/v1/mailboxes/").status(), 404);
    EXPECT_EQ(get("/v1/mailboxes").status(), 404) << "nothing enumerates";
}

}  // namespace
}  // namespace mailca::exchange
