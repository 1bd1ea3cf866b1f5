// Standards B29 from the operator's side: keys for external account binding.
#include <gtest/gtest.h>

#include "admin/api/routes.h"
#include "core/json/json.h"
#include "tests/admin/api/doubles.h"
#include "tests/enroll/support/memory_books.h"
#include "tests/enroll/support/memory_selections.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sequence_random.h"

namespace mailca::admin {
namespace {

// No certificate is asked for here.
class NoCertificates final : public ra::CertificateBook {
 public:
    Result<ra::CertificateRecord> find(const CertificateId&) override { return unexpected(); }
    Result<std::optional<ra::CertificateRecord>> findByDer(const Bytes&) override { return unexpected(); }
    Result<std::vector<ra::CertificateRecord>> findBySerial(const Serial&) override { return unexpected(); }
    Result<std::vector<ra::CertificateRecord>> findByMailbox(const EmailAddress&) override { return unexpected(); }
    Result<std::vector<ra::CertificateRecord>> findSet(const std::string&, const Serial&) override {
        return unexpected();
    }
    Result<bool> holdsAuthorization(const AccountId&, const EmailAddress&, Time) override { return unexpected(); }
    Result<void> revoke(const ra::Revocation&) override { return unexpected(); }

 private:
    static Error unexpected() {
        ADD_FAILURE() << "a call this test did not expect";
        return fail(ErrorKind::ServerInternal, "unexpected");
    }
};

class ExternalAccountsApi : public ::testing::Test {
 protected:
    ExternalAccountsApi() { addRoutes(router, services); }
    web::Response send(web::Method method, const std::string& path, const std::string& body = "",
                       const std::string& token = "open sesame") {
        web::Request request;
        request.method = method;
        request.path = path;
        request.body = body;
        request.headers.add("Authorization", "Bearer " + token);
        return router(request);
    }
    web::Response make(const std::string& body) { return send(web::Method::Post, kKeys, body); }
    web::Response revoke(const std::string& body) {
        return send(web::Method::Post, "/admin/v1/external-account-revocations", body);
    }
    static constexpr const char* kKeys = "/admin/v1/external-accounts";

    test::FakeClock clock;
    test::SequenceRandom random;
    NoCertificates certificates;
    test::MemorySelections selections;
    test::MemoryIncidents incidentBook;
    ra::SetRevocations revocations{selections, clock};
    ra::Incidents incidents{incidentBook, clock, [] {}};
    test::MemoryExternalKeys book;
    ra::ExternalAccounts external{book, Secret::copyOf(asBytes(std::string_view("secret"))), clock, random};
    test::MemoryBlockedKeys blocked;
    Services services{certificates, revocations, incidents, blocked, clock, Secret::copyOf(asBytes("open sesame")),
                      [] {},        {},          &external};
    web::Router router;
};

TEST_F(ExternalAccountsApi, ShowsAKeyOnce) {
    const web::Response made =
        make(R"({"comment":"Example GmbH","allowed":["Example.ORG","bob@example.net"],"mostUses":3})");
    ASSERT_EQ(made.status(), 200) << made.body();
    const json::Value body = json::parse(made.body()).value();
    const std::string key = body.string("key").value();
    EXPECT_EQ(fromBase64Url(key)->size(), 64U);
    EXPECT_EQ(book.keys.front().id, body.string("id"));
    EXPECT_EQ(book.keys.front().allowed, (std::vector<std::string>{"example.org", "bob@example.net"}));
    EXPECT_EQ(book.keys.front().mostUses, 3);
    const web::Response listed = send(web::Method::Get, kKeys);
    EXPECT_EQ(json::parse(listed.body())->array("keys")->size(), 1U);
    EXPECT_EQ(json::parse(listed.body())->array("keys")->front().string("comment"), "Example GmbH");
    EXPECT_EQ(listed.body().find(key), std::string::npos);
    EXPECT_EQ(listed.field("Cache-Control"), "no-store");
}

TEST_F(ExternalAccountsApi, RevokesAKey) {
    const std::string id = json::parse(make("{}").body())->string("id").value();
    EXPECT_EQ(revoke(R"({"id":")" + id + "\"}").status(), 200);
    EXPECT_EQ(book.keys.front().revokedAt, clock.now());
    EXPECT_EQ(revoke("{}").status(), 400);
}

TEST_F(ExternalAccountsApi, BadInputMakesNothing) {
    for (const char* body :
         {"", "[", R"({"allowed":"example.org"})", R"({"allowed":[1]})", R"({"allowed":["localhost"]})",
          R"({"mostUses":0})", R"({"mostUses":"3"})", R"({"mostUses":99999999})"}) {
        EXPECT_EQ(make(body).status(), 400) << body;
    }
    EXPECT_EQ(send(web::Method::Post, kKeys, "{}", "guessed").status(), 403);
    EXPECT_TRUE(book.keys.empty());
}

TEST_F(ExternalAccountsApi, SaysHowToOfferThem) {
    services.externalAccounts = nullptr;
    const web::Response refused = make("{}");
    EXPECT_EQ(refused.status(), 404);
    EXPECT_NE(refused.body().find("external_account_secret_file"), std::string::npos);
}

}  // namespace
}  // namespace mailca::admin
