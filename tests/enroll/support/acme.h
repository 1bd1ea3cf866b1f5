// The ACME API on doubles: its routes in a router, and a client that signs what it sends. Nothing issues here: the desk
// has no worker.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <string>

#include "core/jose/jws.h"
#include "enroll/acme/api.h"
#include "tests/ca/support.h"
#include "tests/enroll/support/caa_table.h"
#include "tests/enroll/support/memory_selections.h"
#include "tests/enroll/support/registration.h"

namespace mailca::test {

// Nobody may reach it.
class NoIssuance final : public ra::IssuanceBook {
 public:
    Result<void> recordIntents(const ca::IntentsOfOrder&) override { return refused(); }
    Result<std::vector<OrderId>> unfinished() override { return refused(); }
    Result<void> recordIssued(const ra::IssuedOrder&) override { return refused(); }
    Result<void> recordFailure(const ra::OrderFailure&) override { return refused(); }
    Result<int> closeOrphans(Time) override { return refused(); }

 private:
    static Error refused() { return fail(ErrorKind::Store, "nothing is issued here"); }
};

// Holds none but the set that a test puts there.
class NoCertificates final : public ra::CertificateBook {
 public:
    std::vector<ra::CertificateRecord> set;

    Result<ra::CertificateRecord> find(const CertificateId&) override { return none(); }
    Result<std::optional<ra::CertificateRecord>> findByDer(const Bytes&) override {
        return std::optional<ra::CertificateRecord>{};
    }
    Result<std::vector<ra::CertificateRecord>> findBySerial(const Serial&) override { return none(); }
    Result<std::vector<ra::CertificateRecord>> findByMailbox(const EmailAddress&) override { return none(); }
    Result<std::vector<ra::CertificateRecord>> findSet(const std::string& issuer, const Serial& serial) override {
        const bool known = std::ranges::any_of(
            set, [&](const ra::CertificateRecord& one) { return one.issuer == issuer && one.serial == serial; });
        return known ? set : std::vector<ra::CertificateRecord>{};
    }
    Result<bool> holdsAuthorization(const AccountId&, const EmailAddress&, Time) override { return false; }
    Result<void> revoke(const ra::Revocation&) override { return none(); }

 private:
    static Error none() { return fail(ErrorKind::NotFound, "no such certificate"); }
};

class AcmeApi : public Registration {
 protected:
    static const AuthorityOnDisk& disk() {
        static const AuthorityOnDisk made;
        return made;
    }
    CaaTable dns;
    va::CaaChecker caa{dns, clock, {"ca.example"}};
    NoIssuance issuanceBook;
    NoCertificates certificates;
    ca::LocalSigner caSigner = localSigner(disk(), clock, random);
    ca::Issuance issuance{caSigner, issuanceBook, clock};
    ra::IssuanceDesk desk{issuance, caa, orders, orderBook, issuanceBook, clock, random};
    MemoryExternalKeys externalKeys;
    ra::ExternalAccounts external{externalKeys, Secret::copyOf(asBytes(std::string_view("the operators' secret"))),
                                  clock, random};
    ra::Accounts accounts{accountBook, policy, clock, random, &external};
    ra::Revocations revocations{certificates, clock};
    MemoryIncidents incidents;
    acme::Nonces nonces{random};
    acme::AccountKeys accountKeys;
    int mailsReleased = 0;
    acme::Services services{
        acme::Urls("https://acme.example"),
        acme::Meta{"https://acme.example/terms", "https://acme.example/", "https://keys.example", {"ca.example"}},
        clock,
        nonces,
        accountKeys,
        accountBook,
        certificates,
        incidents,
        accounts,
        orders,
        limits,
        revocations,
        desk,
        disk().authority(),
        acme::Chaos({}, random),
        [this] { ++mailsReleased; },
        [] {}};
    web::Router router = routed(services);

    static web::Router routed(const acme::Services& services) {
        web::Router made;
        acme::addRoutes(made, services);
        return made;
    }

    const crypto::PrivateKey key = newKey();
    const jose::Jwk jwk = jose::toJwk(key.publicKey()).value();

    std::string url(std::string_view path) const { return services.urls.of(path); }
    static std::string pathOf(std::string_view absolute) {
        return std::string(absolute.substr(std::string_view("https://acme.example").size()));
    }
    web::Response ask(web::Method method, std::string_view path) {
        web::Request request;
        request.method = method;
        request.path = path;
        return router(request);
    }
    web::Response send(std::string_view path, std::string body, std::string contentType = "application/jose+json") {
        web::Request request;
        request.method = web::Method::Post;
        request.path = path;
        request.headers.add("Content-Type", std::move(contentType));
        request.body = std::move(body);
        return router(request);
    }
    // What a test may want otherwise.
    struct Wanted {
        std::optional<std::string> nonce, url;
    };
    std::string signedBody(std::variant<jose::Jwk, jose::KeyId> signer, std::string_view path,
                           const std::string& payload, const crypto::PrivateKey& by, const Wanted& wanted = {}) {
        return jose::signJws(
                   {std::move(signer), wanted.nonce.value_or(nonces.issue()), wanted.url.value_or(url(path)), payload},
                   by)
            .value();
    }
    web::Response byKey(std::string_view path, const std::string& payload, const Wanted& wanted = {}) {
        return send(path, signedBody(jwk, path, payload, key, wanted));
    }
    // The account of `key`, made at first use.
    std::string kid() {
        return std::string(byKey(acme::path::kNewAccount, R"({"termsOfServiceAgreed":true})").field("Location"));
    }
    web::Response byAccount(std::string_view path, const std::string& payload, const Wanted& wanted = {}) {
        return send(path, signedBody(jose::KeyId{kid()}, path, payload, key, wanted));
    }
};

inline json::Value bodyOf(const web::Response& response) {
    return json::parse(response.body()).value();
}

inline std::string problemOf(const web::Response& response) {
    const std::string type = bodyOf(response).string("type").value_or("");
    return type.substr(type.rfind(':') + 1);
}

}  // namespace mailca::test
