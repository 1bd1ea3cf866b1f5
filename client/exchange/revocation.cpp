#include "client/exchange/revocation.h"

namespace mailca::client {
namespace {

Error unknown(const std::string& why) {
    return fail(ErrorKind::Unauthorized, "whether it is revoked cannot be told: " + why);
}

Result<void> checkCrl(const x509::Crl& crl, const std::string& url, const x509::Certificate& issuer, Time now) {
    if (crl.issuerDer() != issuer.subjectDer() || !crl.verifySignature(issuer)) {
        return unknown("the CRL is not its issuer's");
    }
    // A CRL of another shard says nothing about this certificate (RFC 5280 section 6.3.3 (b)(2)).
    if (!crl.distributionPoint().empty() && crl.distributionPoint() != url) {
        return unknown("the CRL is one for other certificates");
    }
    if (now < crl.thisUpdate()) return unknown("the CRL is from the future; check this machine's clock");
    if (!crl.nextUpdate() || now > *crl.nextUpdate()) return unknown("the CRL is out of date");
    return {};
}

}  // namespace

Result<void> Revocation::check(const x509::Certificate& certificate, const x509::Certificate& issuer) {
    const std::vector<std::string> urls = certificate.crlUrls();
    if (urls.empty()) return unknown("it names no CRL");
    TRY(const x509::Crl crl, fetch(urls.front()));
    TRY_VOID(checkCrl(crl, urls.front(), issuer, m_clock.now()));
    if (const auto entry = crl.find(certificate.serial())) {
        return fail(ErrorKind::Unauthorized, "it was revoked on " + toRfc3339(entry->at));
    }
    return {};
}

Result<x509::Crl> Revocation::fetch(const std::string& url) {
    if (const auto known = m_fetched.find(url); known != m_fetched.end()) return known->second;
    if (!url.starts_with("http://")) return unknown("its CRL's URL is not http");
    const auto reply = m_http.get(url, "application/pkix-crl");
    if (!reply) return unknown(reply.error().detail);
    if (reply->status != 200) return unknown(url + " answers " + std::to_string(reply->status));
    const auto crl = x509::Crl::fromDer(asBytes(reply->body));
    if (!crl) return unknown("the CRL cannot be read");
    m_fetched.emplace(url, *crl);
    return *crl;
}

}  // namespace mailca::client
