// Standards C1-C6: RFC 9773.
#include "enroll/acme/renewal_info.h"

#include "core/x509/renewal_name.h"
#include "tests/enroll/support/acme.h"
#include "tests/support/mutate.h"

namespace mailca::acme {
namespace {

using test::bodyOf;
using test::problemOf;
using web::Method;

constexpr auto kDay = 24h;

class RenewalInfo : public test::AcmeApi {
 protected:
    const ca::Issuer& issuer = *disk().authority().issuers().front();
    const OrderId issuedBy = OrderId::random(random);

    // In the set of `issuedBy`, whole days from now.
    ra::CertificateRecord& add(std::chrono::hours life, const AccountId& owner) {
        certificates.set.push_back({.id = CertificateId::random(random),
                                    .order = issuedBy,
                                    .account = owner,
                                    .mailbox = test::address("alice@example.org"),
                                    .serial = Serial::random(random),
                                    .issuer = issuer.name,
                                    .profile = "smime-dual",
                                    .der = {},
                                    .spkiSha256 = {},
                                    .notBefore = clock.now(),
                                    .notAfter = clock.now() + life,
                                    .state = ra::Live{}});
        return certificates.set.back();
    }
    ra::CertificateRecord& add(std::chrono::hours life) { return add(life, account.id); }
    std::string nameOf(const ra::CertificateRecord& certificate) const {
        return x509::renewalName(issuer.certificate.subjectKeyId(), certificate.serial);
    }
    web::Response ask(const std::string& name) {
        return AcmeApi::ask(Method::Get, std::string(path::kRenewalInfo) + "/" + name);
    }
};

TEST_F(RenewalInfo, NamesCertificatesAsTheRfcDoes) {  // C2: its own vector
    const Bytes keyId = fromHex("69885B6B87464041E1B37B847BA0AE2CDE01C8D4").value();
    EXPECT_EQ(x509::renewalName(keyId, Serial::fromHex("87654321").value()), "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
    EXPECT_EQ(x509::renewalName(keyId, Serial::fromHex("17654321").value()), "aYhba4dGQEHhs3uEe6CuLN4ByNQ.F2VDIQ");
}

TEST_F(RenewalInfo, IsInTheDirectoryAndOpenToAll) {  // C1, C3
    EXPECT_EQ(bodyOf(AcmeApi::ask(Method::Get, path::kDirectory)).string("renewalInfo"),
              "https://acme.example/acme/renewal-info");
    const web::Response answer = ask(nameOf(add(90 * kDay)));
    EXPECT_EQ(answer.status(), 200) << answer.body();
    EXPECT_EQ(answer.field("Retry-After"), "21600");
    EXPECT_EQ(answer.field("Cache-Control"), "public, max-age=3600");
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(answer.field("Replay-Nonce"), "") << "a cached nonce would be worth nothing";
    const json::Value body = bodyOf(answer);
    const json::Value* window = body.find("suggestedWindow");
    ASSERT_NE(window, nullptr);
    EXPECT_EQ(window->string("start"), toRfc3339(clock.now() + 60 * kDay)) << "when a third of its life is left";
    EXPECT_EQ(window->string("end"), toRfc3339(clock.now() + 75 * kDay));
}

TEST_F(RenewalInfo, HasOneWindowForAWholeSet) {  // bundles
    add(90 * kDay);
    add(30 * kDay);
    add(365 * kDay);
    for (const ra::CertificateRecord& certificate : certificates.set) {
        const json::Value body = bodyOf(ask(nameOf(certificate)));
        EXPECT_EQ(body.find("suggestedWindow")->string("start"), toRfc3339(clock.now() + 20 * kDay));
    }
}

TEST_F(RenewalInfo, LiesInThePastOnceOneOfTheSetIsRevoked) {  // C4
    add(90 * kDay);
    add(90 * kDay).state = ra::Revoked{clock.now(), 1};
    for (const ra::CertificateRecord& certificate : certificates.set) {
        const RenewalWindow window = renewalWindow(certificates.set);
        EXPECT_LT(window.start, window.end);
        EXPECT_LT(window.end, clock.now());
        EXPECT_EQ(bodyOf(ask(nameOf(certificate))).find("suggestedWindow")->string("end"), toRfc3339(window.end));
    }
}

TEST_F(RenewalInfo, LiesInThePastAndSaysWhyInAnIncident) {  // C3, C4: to be revoked
    const std::string name = nameOf(add(90 * kDay));
    incidents.call = ra::ReplacementCall{clock.now(), "https://ca.example/incident"};
    const json::Value body = bodyOf(ask(name));
    EXPECT_EQ(body.find("suggestedWindow")->string("start"), toRfc3339(clock.now() - 1h));
    EXPECT_EQ(body.find("suggestedWindow")->string("end"), toRfc3339(clock.now() - 1s));
    EXPECT_EQ(body.string("explanationURL"), "https://ca.example/incident");
    incidents.call->explanationUrl.clear();
    EXPECT_FALSE(bodyOf(ask(name)).has("explanationURL"));
}

TEST_F(RenewalInfo, KnowsWhatItDoesNotKnowFromWhatNobodyCan) {  // C6
    add(90 * kDay);
    const std::string keyId = toBase64Url(issuer.certificate.subjectKeyId());
    struct Case {
        std::string name;
        int status;
    };
    const std::vector<Case> cases{
        {keyId + "." + toBase64Url(Bytes{1, 2, 3}), 404},  // never issued
        {"aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", 404},      // another CA's
        {"nothing", 400},
        {keyId, 400},
        {keyId + ".", 400},
        {"." + toBase64Url(Bytes{1}), 400},
        {keyId + "." + toBase64Url(Bytes{0, 1}), 400},   // not the octets of a DER INTEGER
        {keyId + "." + toBase64Url(Bytes{0x80}), 400},   // negative
        {keyId + "." + toBase64Url(Bytes(40, 1)), 400},  // too long
        {keyId + ".AQ=", 400},                           // padded
        {keyId + ".AQ.AQ", 400},
    };
    for (const Case& one : cases) {
        const web::Response answer = ask(one.name);
        EXPECT_EQ(answer.status(), one.status) << one.name;
        EXPECT_EQ(problemOf(answer), "malformed") << one.name;
    }
}

TEST_F(RenewalInfo, ReadsNoNameThatItWouldNotWrite) {
    const std::string name = nameOf(add(90 * kDay));
    test::mutate(toBytes(name), 3000, [&](ByteView variant) {
        const auto parsed = parseCertificateName(disk().authority(), asText(variant));
        if (parsed) {
            EXPECT_EQ(x509::renewalName(issuer.certificate.subjectKeyId(), parsed->serial), asText(variant));
        }
    });
}

TEST_F(RenewalInfo, LetsAnOrderReplaceWhatItNames) {  // C5
    const AccountId self = AccountId::parse(kid().substr(url(path::kAccount).size())).value();
    add(90 * kDay, self);
    const auto order = [&](const std::string& replaces) {
        return byAccount(
            path::kNewOrder,
            R"({"identifiers":[{"type":"email","value":"alice@example.org"}],"replaces":)" + replaces + "}");
    };
    const std::string name = nameOf(certificates.set.front());
    const web::Response made = order('"' + name + '"');
    EXPECT_EQ(made.status(), 201) << made.body();
    EXPECT_EQ(bodyOf(made).string("replaces"), name);
    EXPECT_EQ(orderBook.created.back().replaced, issuedBy);
    EXPECT_EQ(problemOf(order("1")), "malformed");
    EXPECT_EQ(problemOf(order(R"("nothing")")), "malformed");
    EXPECT_EQ(order(R"("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE")").status(), 400);
    certificates.set.front().account = account.id;
    EXPECT_EQ(problemOf(order('"' + name + '"')), "unauthorized");
}

}  // namespace
}  // namespace mailca::acme
