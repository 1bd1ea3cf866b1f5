// The list of a mailbox's certificates, page after page, against a server in memory.
#include "client/acme/mailbox_certificates.h"

#include <gtest/gtest.h>

#include "core/jose/jws.h"
#include "tests/client/authority.h"
#include "tests/client/doubles.h"

namespace mailca::client::acme {
namespace {

using test::must;

constexpr std::size_t kPage = 2;

// Gives `certificates` in pages; every second one is another account's.
class ListingServer final : public test::FakeWeb {
 public:
    std::vector<x509::Certificate> certificates;
    std::optional<http::Reply> refusal;
    bool saysMoreForEver = false;
    int posts = 0;

    Result<http::Reply> head(const std::string&) override { return reply(200, ""); }
    Result<http::Reply> post(const std::string&, const std::string&, std::string_view body) override {
        ++posts;
        if (refusal) return *refusal;
        const json::Value question = must(json::parse(must(jose::parseJws(body)).payload));
        EXPECT_EQ(question.string("mailbox"), "alice@example.org");
        std::size_t from = 0;
        if (const auto after = question.string("after")) {
            while (certificates.at(from++).serial().hex() != *after) {
            }
        }
        json::Array page;
        for (std::size_t i = from; i < std::min(from + kPage, certificates.size()); ++i) {
            page.push_back(json::object({{"certificate", toBase64Url(certificates[i].der())},
                                         {"profile", "smime-sign"},
                                         {"status", "valid"},
                                         {"orderedByThisAccount", i % 2 == 0}}));
        }
        const bool more = saysMoreForEver || from + kPage < certificates.size();
        return reply(200, json::object({{"certificates", std::move(page)}, {"more", more}}).dump());
    }

    static http::Reply reply(int status, std::string body) {
        return {status, {{"replay-nonce", {"bm9uY2U"}}, {"content-type", {"application/json"}}}, std::move(body)};
    }
};

class MailboxCertificates : public testing::Test {
 protected:
    Result<std::vector<ListedCertificate>> list() {
        Directory directory;
        directory.newNonce = "https://ca.test/nonce";
        directory.mailboxCertificates = url;
        Session session = must(Session::create(server, directory, key, "https://ca.test/account/1"));
        return listCertificates(session, must(EmailAddress::parse("alice@example.org")));
    }
    void issue(int count) {
        for (int i = 0; i < count; ++i) {
            server.certificates.push_back(
                authority.issue(key.publicKey(), "alice@example.org", 0, x509::oid::kEmailProtection, {}));
        }
    }
    std::string url = "https://ca.test/certificates";
    test::FakeClock clock;
    test::Authority authority{clock.now()};
    crypto::PrivateKey key = must(crypto::PrivateKey::generate({crypto::KeyType::P256, 0}));
    ListingServer server;
};

TEST_F(MailboxCertificates, AreListedPageAfterPage) {
    issue(5);
    const auto listed = must(list());
    ASSERT_EQ(listed.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(listed[i].certificate.der(), server.certificates[i].der());
        EXPECT_EQ(listed[i].own, i % 2 == 0);
    }
    EXPECT_EQ(server.posts, 3);
}

TEST_F(MailboxCertificates, MayBeNone) {
    EXPECT_TRUE(must(list()).empty());
}

TEST_F(MailboxCertificates, AreNotAskedForForEver) {
    issue(2);
    server.saysMoreForEver = true;
    EXPECT_EQ(must(list()).size(), 2U) << "an empty page is the last";
}

TEST_F(MailboxCertificates, NeedAProofOfTheMailboxAndAServerThatListsThem) {
    server.refusal = ListingServer::reply(403, R"({"type":"urn:ietf:params:acme:error:unauthorized","detail":"no"})");
    const auto refused = list();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Unauthorized);
    EXPECT_NE(refused.error().detail.find("mailca renew --force alice@example.org"), std::string::npos);
    url.clear();
    EXPECT_EQ(list().error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace mailca::client::acme
