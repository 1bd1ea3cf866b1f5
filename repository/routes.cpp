#include "repository/routes.h"

#include <algorithm>
#include <charconv>

#include "core/crypto/hash.h"
#include "repository/conditional.h"
#include "web/problem.h"

namespace mailca::repository {
namespace {

// "name.cer" -> "name"; NotFound for any other ending.
Result<std::string> stem(const std::string& file, std::string_view ending) {
    if (file.size() > ending.size() && file.ends_with(ending)) return file.substr(0, file.size() - ending.size());
    return fail(ErrorKind::NotFound, "nothing is served here");
}

// How long a cache may answer without asking (F8). With the schedule's longest rest before it, a revocation shows in
// its shard within a minute; a complete CRL follows within the hour anyway.
constexpr seconds kShardAge{30};
constexpr seconds kLongAge{600};

web::Response unlessHad(const web::Request& request, const Validators& validators, auto makeWhole) {
    return (hasAlready(request, validators) ? web::Response::empty(304) : makeWhole())
        .with("ETag", validators.etag)
        .with("Last-Modified", toHttpDate(validators.lastModified));
}

// Never past nextUpdate: a CRL that has ended is not kept at all.
std::string cacheControl(seconds most, Time nextUpdate, Time now) {
    const auto left = std::max(seconds{0}, nextUpdate - now - 1s);
    return "public, max-age=" + std::to_string(std::min<seconds>(left, most).count());
}

std::string etagOf(const std::string& name, std::uint64_t number) {
    return "\"" + name + "-" + std::to_string(number) + "\"";
}

Result<web::Response> storedCrl(const web::Request& request, CrlBook& crls, const CrlScope& scope, Time now) {
    const Error none = fail(ErrorKind::NotFound, "no such CRL");
    TRY(const CrlState state, crls.state(scope));
    if (!state.latest) return none;
    const std::string name = scope.issuer + (scope.shard ? "-" + std::to_string(*scope.shard) : "-complete");
    const auto answer = [&](const CrlFacts& facts, auto makeWhole) {
        return unlessHad(request, {etagOf(name, facts.number), facts.thisUpdate}, makeWhole)
            .with("Cache-Control", cacheControl(scope.shard ? kShardAge : kLongAge, facts.nextUpdate, now));
    };
    if (hasAlready(request, {etagOf(name, state.latest->number), state.latest->thisUpdate})) {
        return answer(*state.latest, [] { return web::Response::empty(304); });
    }
    TRY(const auto crl, crls.latest(scope));
    if (!crl) return none;
    return answer(crl->facts, [&] { return web::Response::bytes(200, "application/pkix-crl", crl->der); });
}

Result<web::Response> shardCrl(const web::Request& request, CrlBook& crls, const std::string& issuer,
                               const std::string& file, Time now) {
    TRY(const std::string number, stem(file, ".crl"));
    int shard = -1;
    const char* end = number.data() + number.size();
    const auto [rest, error] = std::from_chars(number.data(), end, shard);
    if (error != std::errc{} || rest != end || shard < 0) return fail(ErrorKind::NotFound, "no such CRL shard");
    return storedCrl(request, crls, {issuer, shard}, now);
}

// A root's CRL, or the complete one of an issuing CA.
Result<web::Response> wholeCrl(const web::Request& request, const RootCrls& roots, CrlBook& crls,
                               const std::string& file, Time now) {
    TRY(const std::string name, stem(file, ".crl"));
    const auto crl = roots.find(name);
    if (!crl) return storedCrl(request, crls, {name, std::nullopt}, now);
    return unlessHad(request, {etagOf(name, crl->number().value_or(0)), crl->thisUpdate()},
                     [&] { return web::Response::bytes(200, "application/pkix-crl", crl->der()); })
        .with("Cache-Control", cacheControl(kLongAge, crl->nextUpdate().value_or(now), now));
}

Result<web::Response> issuerCertificate(const web::Request& request, const ca::Authority& authority,
                                        const std::string& file) {
    TRY(const std::string name, stem(file, ".cer"));
    const auto answer = [&](const x509::Certificate& certificate) {
        const std::string etag = "\"" + toHex(crypto::sha256(certificate.der())).substr(0, 32) + "\"";
        return unlessHad(request, {etag, certificate.notBefore()},
                         [&] { return web::Response::bytes(200, "application/pkix-cert", certificate.der()); })
            .with("Cache-Control", "public, max-age=86400");
    };
    if (const ca::Issuer* issuer = authority.find(name)) return answer(issuer->certificate);
    for (const auto& root : authority.roots()) {
        if (root.name == name) return answer(root.certificate);
    }
    return fail(ErrorKind::NotFound, "no issuer of that name");
}

// A temporary key proves nobody's control of a mailbox: its root is none to be pinned.
bool isPinned(const ca::Authority& authority, const x509::Certificate& root) {
    return std::ranges::any_of(authority.issuers(), [&](const auto& issuer) {
        return issuer->root() == root && issuer->hierarchy != ca::kTemporary;
    });
}

web::Response anchors(const ca::Authority& authority) {
    std::string pem;
    for (const auto& root : authority.roots()) {
        if (isPinned(authority, root.certificate)) pem += root.certificate.pem();
    }
    return web::Response(200, "application/pem-certificate-chain", std::move(pem)).with("Cache-Control", "no-cache");
}

}  // namespace

void addRoutes(web::Router& router, const ca::Authority& authority, const RootCrls& roots, CrlBook& crls,
               const Clock& clock) {
    router.add(web::Method::Get, "/issuer/{file}",
               [&](const web::Request& request, const web::PathParameters& parameters) {
                   return web::orProblem(issuerCertificate(request, authority, parameters.at("file")));
               });
    router.add(
        web::Method::Get, "/crl/{issuer}/{file}",
        [&](const web::Request& request, const web::PathParameters& parameters) {
            return web::orProblem(shardCrl(request, crls, parameters.at("issuer"), parameters.at("file"), clock.now()));
        });
    router.add(web::Method::Get, "/crl/{file}",
               [&](const web::Request& request, const web::PathParameters& parameters) {
                   return web::orProblem(wholeCrl(request, roots, crls, parameters.at("file"), clock.now()));
               });
    router.add(web::Method::Get, "/v1/roots",
               [&](const web::Request&, const web::PathParameters&) { return anchors(authority); });
}

}  // namespace mailca::repository
