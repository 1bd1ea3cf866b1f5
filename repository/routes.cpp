#include "repository/routes.h"

#include <algorithm>
#include <charconv>

#include "core/x509/crl.h"
#include "web/problem.h"

namespace mailca::repository {
namespace {

// "name.cer" -> "name"; NotFound for any other ending.
Result<std::string> stem(const std::string& file, std::string_view ending) {
    if (file.size() > ending.size() && file.ends_with(ending)) return file.substr(0, file.size() - ending.size());
    return fail(ErrorKind::NotFound, "nothing is served here");
}

// F8: a cache may keep it, but never past nextUpdate, and asks often enough that a revocation shows within a minute.
web::Response crlResponse(const web::Request& request, const Bytes& der, Time thisUpdate, Time nextUpdate,
                          const std::string& etag, Time now) {
    const auto left = std::max(seconds{0}, nextUpdate - now);
    const auto maxAge = std::min<seconds>(left, 60s);
    const bool known = request.header("If-None-Match") == etag;
    web::Response response = known ? web::Response::empty(304) : web::Response::bytes(200, "application/pkix-crl", der);
    return std::move(response)
        .with("ETag", etag)
        .with("Last-Modified", toHttpDate(thisUpdate))
        .with("Cache-Control", "public, max-age=" + std::to_string(maxAge.count()));
}

Result<web::Response> shardCrl(const web::Request& request, CrlBook& crls, const std::string& issuer,
                               const std::string& file, Time now) {
    TRY(const std::string number, stem(file, ".crl"));
    int shard = -1;
    const char* end = number.data() + number.size();
    if (const auto [rest, error] = std::from_chars(number.data(), end, shard); error != std::errc{} || rest != end) {
        return fail(ErrorKind::NotFound, "no such CRL shard");
    }
    TRY(const std::optional<StoredCrl> crl, crls.latest(issuer, shard));
    if (!crl) return fail(ErrorKind::NotFound, "no such CRL shard");
    const std::string etag = "\"" + issuer + "-" + number + "-" + std::to_string(crl->number) + "\"";
    return crlResponse(request, crl->der, crl->thisUpdate, crl->nextUpdate, etag, now);
}

Result<web::Response> rootCrl(const web::Request& request, const ca::Authority& authority, const std::string& file,
                              Time now) {
    TRY(const std::string name, stem(file, ".crl"));
    for (const auto& root : authority.roots()) {
        if (root.name != name) continue;
        TRY(const x509::Crl crl, x509::Crl::fromDer(root.crl));
        const std::string etag = "\"" + name + "-" + std::to_string(crl.number().value_or(0)) + "\"";
        return crlResponse(request, root.crl, crl.thisUpdate(), crl.nextUpdate().value_or(now), etag, now);
    }
    return fail(ErrorKind::NotFound, "no such CRL");
}

Result<web::Response> issuerCertificate(const ca::Authority& authority, const std::string& file) {
    TRY(const std::string name, stem(file, ".cer"));
    const auto answer = [](const x509::Certificate& certificate) {
        return web::Response::bytes(200, "application/pkix-cert", certificate.der())
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

web::Response roots(const ca::Authority& authority) {
    std::string pem;
    for (const auto& root : authority.roots()) {
        if (isPinned(authority, root.certificate)) pem += root.certificate.pem();
    }
    return web::Response(200, "application/pem-certificate-chain", std::move(pem)).with("Cache-Control", "no-cache");
}

}  // namespace

void addRoutes(web::Router& router, const ca::Authority& authority, CrlBook& crls, const Clock& clock) {
    router.add(web::Method::Get, "/issuer/{file}", [&](const web::Request&, const web::PathParameters& parameters) {
        return web::orProblem(issuerCertificate(authority, parameters.at("file")));
    });
    router.add(
        web::Method::Get, "/crl/{issuer}/{file}",
        [&](const web::Request& request, const web::PathParameters& parameters) {
            return web::orProblem(shardCrl(request, crls, parameters.at("issuer"), parameters.at("file"), clock.now()));
        });
    router.add(web::Method::Get, "/crl/{file}",
               [&](const web::Request& request, const web::PathParameters& parameters) {
                   return web::orProblem(rootCrl(request, authority, parameters.at("file"), clock.now()));
               });
    router.add(web::Method::Get, "/v1/roots",
               [&](const web::Request&, const web::PathParameters&) { return roots(authority); });
}

}  // namespace mailca::repository
