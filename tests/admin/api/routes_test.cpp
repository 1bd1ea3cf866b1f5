#include "admin/api/routes.h"

#include <gtest/gtest.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include "core/json/json.h"
#include "tests/admin/api/doubles.h"
#include "tests/enroll/support/memory_selections.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sequence_random.h"

namespace mailca::admin {
namespace {

// Holds what a test put there; every call a test did not expect fails it.
class Certificates final : public ra::CertificateBook {
 public:
    std::vector<ra::CertificateRecord> records;

    Result<ra::CertificateRecord> find(const CertificateId&) override { return unexpected(); }
    Result<std::optional<ra::CertificateRecord>> findByDer(const Bytes&) override { return unexpected(); }
    Result<std::vector<ra::CertificateRecord>> findBySerial(const Serial& serial) override {
        return those([&](const auto& record) { return record.serial == serial; });
    }
    Result<std::vector<ra::CertificateRecord>> findByMailbox(const EmailAddress& mailbox) override {
        return those([&](const auto& record) { return record.mailbox == mailbox; });
    }
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
    template <typename Predicate>
    std::vector<ra::CertificateRecord> those(Predicate wanted) const {
        std::vector<ra::CertificateRecord> found;
        for (const auto& record : records) {
            if (wanted(record)) found.push_back(record);
        }
        return found;
    }
};

// Counts how often it was asked.
class Scrapes final : public prometheus::Collectable {
 public:
    std::vector<prometheus::MetricFamily> Collect() const override {
        prometheus::ClientMetric metric;
        metric.label = {{"shard", "a \"quoted\"\nname"}};
        metric.counter.value = ++m_count;
        return {{"mailca_test_scrapes_total", "Scrapes.", prometheus::MetricType::Counter, {metric}}};
    }

 private:
    mutable int m_count = 0;
};

class AdminApi : public ::testing::Test {
 protected:
    AdminApi() {
        for (const char* address : {"alice@example.org", "alice@example.org", "bob@example.org"}) add(address);
        addRoutes(router, services);
    }
    void add(const char* address) {
        certificates.records.push_back({CertificateId::random(random), OrderId::random(random),
                                        AccountId::random(random), *EmailAddress::parse(address),
                                        Serial::random(random), "smime-1", "smime-sign", Bytes{}, Bytes{}, clock.now(),
                                        clock.now() + 24h, ra::Live{}});
        selections.add(certificates.records.back().serial, address, clock.now());
    }
    web::Response send(web::Method method, const std::string& path, const std::string& queryOrBody,
                       const std::string& authorization = "Bearer open sesame") {
        web::Request request;
        request.method = method;
        request.path = path;
        (method == web::Method::Get ? request.query : request.body) = queryOrBody;
        if (!authorization.empty()) request.headers.add("Authorization", authorization);
        return router(request);
    }
    web::Response post(const std::string& name, const std::string& body) {
        return send(web::Method::Post, "/admin/v1/" + name, body);
    }
    web::Response revoke(const std::string& body) { return post("revocations", body); }

    test::FakeClock clock;
    test::SequenceRandom random;
    Certificates certificates;
    test::MemorySelections selections;
    test::MemoryIncidents incidentBook;
    ra::SetRevocations revocations{selections, clock};
    ra::Incidents incidents{incidentBook, clock, [] {}};
    int wakes = 0;
    test::MemoryBlockedKeys blocked;
    Services services{.certificates = certificates,
                      .revocations = revocations,
                      .incidents = incidents,
                      .blockedKeys = blocked,
                      .clock = clock,
                      .token = Secret::copyOf(asBytes("open sesame")),
                      .revoked = [this] { ++wakes; },
                      .metrics = {std::make_shared<Scrapes>()}};
    web::Router router;
};

TEST_F(AdminApi, WantsItsTokenEvenOnLoopback) {
    for (const char* given : {"", "Bearer ", "Bearer open", "Bearer open sesame ", "open sesame", "Basic open sesame",
                              "bearer open sesame"}) {
        EXPECT_EQ(send(web::Method::Get, "/admin/v1/certificates", "mailbox=alice@example.org", given).status(), 403)
            << given;
        EXPECT_EQ(send(web::Method::Post, "/admin/v1/revocations",
                       R"({"select":{"mailbox":"alice@example.org"},"reason":"superseded"})", given)
                      .status(),
                  403)
            << given;
    }
    EXPECT_TRUE(selections.revocations.empty());
}

TEST_F(AdminApi, TellsItsMetricsToWhoHoldsTheToken) {
    EXPECT_EQ(send(web::Method::Get, "/metrics", "", "").status(), 403);
    for (const char* count : {"1", "2"}) {
        const web::Response answer = send(web::Method::Get, "/metrics", "");
        EXPECT_EQ(answer.status(), 200);
        EXPECT_EQ(answer.contentType(), "text/plain; version=0.0.4; charset=utf-8");
        EXPECT_EQ(answer.body(), std::string("# HELP mailca_test_scrapes_total Scrapes.\n"
                                             "# TYPE mailca_test_scrapes_total counter\n"
                                             "mailca_test_scrapes_total{shard=\"a \\\"quoted\\\"\\nname\"} ") +
                                     count + "\n");
    }
}

TEST_F(AdminApi, ShowsCertificatesBySerialOrMailbox) {
    const auto byMailbox =
        json::parse(send(web::Method::Get, "/admin/v1/certificates", "mailbox=alice@example.org").body());
    EXPECT_EQ(byMailbox->array("certificates")->size(), 2u);
    const std::string serial = certificates.records[2].serial.hex();
    const auto bySerial = json::parse(send(web::Method::Get, "/admin/v1/certificates", "serial=" + serial).body());
    const json::Value& shown = bySerial->array("certificates")->at(0);
    EXPECT_EQ(shown.string("mailbox"), "bob@example.org");
    EXPECT_EQ(shown.string("state"), "live");
    EXPECT_EQ(shown.string("serial"), serial);
}

TEST_F(AdminApi, ShowsASelectionPageByPage) {
    selections.page = 2;
    const auto first = json::parse(post("selections", R"({"select":{"issuer":"smime-1"}})").body());
    EXPECT_EQ(first->array("certificates")->size(), 2u);
    ASSERT_EQ(first->integer("next"), 2);
    const auto second = json::parse(post("selections", R"({"select":{"issuer":"smime-1"},"from":2})").body());
    const json::Value& shown = second->array("certificates")->at(0);
    EXPECT_EQ(shown.string("mailbox"), "bob@example.org");
    EXPECT_EQ(shown.string("profile"), "smime-sign");
    EXPECT_EQ(shown.string("state"), "live");
    EXPECT_FALSE(second->has("next"));
    EXPECT_TRUE(selections.revocations.empty());
}

TEST_F(AdminApi, RevokesAMailboxOnceAndSaysSo) {
    const std::string order = R"({"select":{"mailbox":"alice@example.org"},"reason":"keyCompromise"})";
    const web::Response first = revoke(order);
    ASSERT_EQ(first.status(), 200) << first.body();
    EXPECT_EQ(first.body(), R"({"revoked":2,"alreadyRevoked":0})");
    ASSERT_EQ(selections.revocations.size(), 1u);
    EXPECT_EQ(selections.revocations[0].reason, 1);
    EXPECT_TRUE(selections.revocations[0].blockKeys) << "B47";
    EXPECT_EQ(wakes, 1);
    EXPECT_EQ(revoke(order).body(), R"({"revoked":0,"alreadyRevoked":2})");
    EXPECT_EQ(selections.revocations.size(), 1u);
    EXPECT_EQ(wakes, 1);
}

TEST_F(AdminApi, RevokesAsMuchAtOnceAsItIsTold) {
    const auto first =
        json::parse(revoke(R"({"select":{"issuer":"smime-1"},"reason":"superseded","atMost":1})").body());
    EXPECT_EQ(first->integer("revoked"), 1);
    EXPECT_EQ(first->integer("next"), 1);
    EXPECT_EQ(selections.revocations[0].certificates.size(), 1u);
}

TEST_F(AdminApi, BlocksAKeyAndNamesItsCertificates) {  // D13, D46
    blocked.certificates = {certificates.records[0]};
    const std::string key(64, 'a');
    const auto block = [&](const std::string& body) { return send(web::Method::Post, "/admin/v1/blocked-keys", body); };
    const web::Response first = block(R"({"spkiSha256":")" + key + R"(","comment":"found on a web page"})");
    ASSERT_EQ(first.status(), 200) << first.body();
    const auto answer = json::parse(first.body());
    EXPECT_EQ(answer->boolean("blockedBefore"), false);
    EXPECT_EQ(answer->array("certificates")->at(0).string("serial"), certificates.records[0].serial.hex());
    ASSERT_EQ(blocked.keys.size(), 1u);
    EXPECT_EQ(toHex(blocked.keys[0].spkiSha256), key);
    EXPECT_EQ(blocked.keys[0].at, clock.now());
    EXPECT_EQ(json::parse(block(R"({"spkiSha256":")" + key + R"("})").body())->boolean("blockedBefore"), true);

    for (const std::string& bad :
         {std::string("{}"), std::string("not json"), std::string(R"({"spkiSha256":"abc"})"),
          R"({"spkiSha256":")" + std::string(62, 'b') + R"("})",
          R"({"spkiSha256":")" + std::string(64, 'b') + R"(","comment":")" + std::string(1001, 'c') + R"("})"}) {
        EXPECT_EQ(block(bad).status(), 400) << bad;
    }
    EXPECT_EQ(blocked.keys.size(), 1u);

    const auto listed = json::parse(send(web::Method::Get, "/admin/v1/blocked-keys", "").body());
    ASSERT_EQ(listed->array("keys")->size(), 1u);
    EXPECT_EQ(listed->array("keys")->at(0).string("comment"), "found on a web page");
    EXPECT_EQ(send(web::Method::Get, "/admin/v1/blocked-keys", "", "").status(), 403);
}

TEST_F(AdminApi, LeavesUnspecifiedOut) {  // D50
    revoke(R"({"select":{"mailbox":"bob@example.org"},"reason":"unspecified"})");
    ASSERT_EQ(selections.revocations.size(), 1u);
    EXPECT_FALSE(selections.revocations[0].reason);
    EXPECT_FALSE(selections.revocations[0].blockKeys);
}

TEST_F(AdminApi, AServicesOwnCertificateNeedsAWrittenReason) {  // E7
    selections.certificates.back().mailbox.reset();
    const std::string select = R"({"select":{"serials":[")" + selections.certificates.back().serial.hex() + R"("]},)";
    EXPECT_EQ(revoke(select + R"("reason":"unspecified"})").status(), 400);
    EXPECT_TRUE(selections.revocations.empty());
    EXPECT_EQ(revoke(select + R"("reason":"cessationOfOperation"})").status(), 200);
    EXPECT_EQ(selections.revocations.back().reason, 5);
}

TEST_F(AdminApi, BadInputChangesNothing) {
    for (const char* body :
         {"", "[]", R"({"select":{"mailbox":"alice@example.org"}})", R"({"reason":"superseded"})",
          R"({"select":{"mailbox":"alice@example.org"},"reason":"certificateHold"})",
          R"({"select":{},"reason":"superseded"})", R"({"select":[],"reason":"superseded"})",
          R"({"select":{"mailbox":"alice"},"reason":"superseded"})",
          R"({"select":{"color":"red"},"reason":"superseded"})", R"({"select":{"issuer":""},"reason":"superseded"})",
          R"({"select":{"serials":[]},"reason":"superseded"})",
          R"({"select":{"serials":["zz"]},"reason":"superseded"})",
          R"({"select":{"serials":[1]},"reason":"superseded"})", R"({"select":{"spki":"0a"},"reason":"superseded"})",
          R"({"select":{"issuedFrom":"yesterday"},"reason":"superseded"})",
          R"({"select":{"issuer":"smime-1"},"from":-1,"reason":"superseded"})",
          R"({"select":{"issuer":"smime-1"},"atMost":0,"reason":"superseded"})",
          R"({"select":{"issuer":"smime-1"},"atMost":501,"reason":"superseded"})"}) {
        EXPECT_EQ(revoke(body).status(), 400) << body;
    }
    EXPECT_TRUE(selections.revocations.empty());
}

TEST_F(AdminApi, OpensListsAndClosesIncidents) {
    const std::string deadline = toRfc3339(clock.now() + 24h);
    ASSERT_EQ(post("incidents", R"({"name":"leak","select":{"issuer":"smime-1"},"reason":"keyCompromise","rate":50,)"
                                R"("explanationUrl":"https://ca.example/leak","deadline":")" +
                                    deadline + "\"}")
                  .status(),
              200);
    ASSERT_EQ(incidentBook.opened.size(), 1u);
    EXPECT_EQ(incidentBook.opened[0].reason, 1);
    EXPECT_EQ(incidentBook.opened[0].selection->issuer, "smime-1");
    incidentBook.incidents[0].marked = 10;
    incidentBook.incidents[0].replaced = 3;
    const auto shown = json::parse(send(web::Method::Get, "/admin/v1/incidents", "").body());
    const json::Value& one = shown->array("incidents")->at(0);
    EXPECT_EQ(one.string("state"), "open");
    EXPECT_EQ(one.string("deadline"), deadline);
    EXPECT_EQ(one.integer("waiting"), 7);
    EXPECT_EQ(post("incident-closures", R"({"name":"leak"})").status(), 200);
    EXPECT_EQ(incidentBook.incidents[0].state, ra::IncidentState::Closed);
    EXPECT_EQ(post("incident-closures", R"({"name":"none"})").status(), 404);
}

TEST_F(AdminApi, TakesAnIncidentsListInParts) {
    ASSERT_EQ(post("incidents", R"({"name":"list","reason":"superseded","rate":1,"deadline":")" +
                                    toRfc3339(clock.now() + 24h) + "\"}")
                  .status(),
              200);
    EXPECT_FALSE(incidentBook.opened[0].selection);
    EXPECT_EQ(post("incident-lists", R"({"name":"list","serials":["0a","0b"]})").body(), R"({"marked":2})");
    EXPECT_EQ(post("incident-lists", R"({"name":"list","serials":[],"last":true})").status(), 200);
    ASSERT_EQ(incidentBook.lists.size(), 2u);
    EXPECT_FALSE(incidentBook.lists[0].last);
    EXPECT_TRUE(incidentBook.lists[1].last);
    EXPECT_EQ(post("incident-lists", R"({"name":"list","serials":["zz"]})").status(), 400);
    EXPECT_EQ(post("incident-lists", R"({"name":"list"})").status(), 400);
}

TEST_F(AdminApi, IsAliveForEverybodyAndSaysWhyItIsNotReadyToOperatorsOnly) {
    EXPECT_EQ(send(web::Method::Get, "/healthz", "", "").status(), 200);
    EXPECT_EQ(send(web::Method::Get, "/readyz", "", "").status(), 200);
    services.troubles = [] { return std::vector<std::pair<std::string, std::string>>{{"store", "the disk is full"}}; };
    EXPECT_EQ(send(web::Method::Get, "/healthz", "", "").status(), 200);
    const web::Response stranger = send(web::Method::Get, "/readyz", "", "");
    EXPECT_EQ(stranger.status(), 503);
    EXPECT_EQ(stranger.body(), "not ready\n");
    const web::Response operators = send(web::Method::Get, "/readyz", "");
    EXPECT_EQ(operators.status(), 503);
    EXPECT_EQ(operators.body(), "not ready\nstore: the disk is full\n");
}

TEST_F(AdminApi, TellsOfEverybodyWhoComesWithoutItsToken) {
    int refused = 0;
    services.refused = [&](const std::string&) { ++refused; };
    send(web::Method::Get, "/healthz", "", "");
    send(web::Method::Get, "/metrics", "");
    EXPECT_EQ(refused, 0);
    send(web::Method::Get, "/metrics", "", "Bearer guess");
    send(web::Method::Post, "/admin/v1/revocations", "{}", "");
    EXPECT_EQ(refused, 2);
}

}  // namespace
}  // namespace mailca::admin
