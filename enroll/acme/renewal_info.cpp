#include "enroll/acme/renewal_info.h"

#include <algorithm>

#include "core/x509/renewal_name.h"
#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

// How soon clients ask again (RFC 9773 section 4.3.1: six hours), and how long caches may answer for us: a revocation
// is to be seen sooner.
constexpr const char* kRetryAfter = "21600";
constexpr const char* kCache = "public, max-age=3600";

// C4: now rather than later.
RenewalWindow pastWindow(Time since) {
    return {since - 1h, since - 1s};
}

RenewalWindow windowOf(const ra::CertificateRecord& certificate) {
    if (const auto* revoked = std::get_if<ra::Revoked>(&certificate.state)) return pastWindow(revoked->at);
    const seconds life = certificate.notAfter - certificate.notBefore;
    return {certificate.notAfter - life / 3, certificate.notAfter - life / 6};
}

Result<std::vector<ra::CertificateRecord>> setOf(const Services& services, const NamedCertificate& named) {
    TRY(auto set, services.certificateBook.findSet(named.issuer, named.serial));
    if (set.empty()) return fail(ErrorKind::NotFound, "this CA issued no certificate of that name");
    return set;
}

}  // namespace

Result<NamedCertificate> parseCertificateName(const ca::Authority& authority, std::string_view name) {
    const Error malformed =
        fail(ErrorKind::Malformed, "a certificate is named by base64url(authority key id).base64url(serial number)");
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return malformed;
    const auto keyId = fromBase64Url(name.substr(0, dot));
    const auto octets = fromBase64Url(name.substr(dot + 1));
    if (!keyId || keyId->empty() || !octets) return malformed;
    const auto serial = Serial::fromBytes(*octets);
    if (!serial || x509::renewalName(*keyId, *serial) != name) return malformed;
    for (const auto& issuer : authority.issuers()) {
        if (issuer->certificate.subjectKeyId() == *keyId) return NamedCertificate{issuer->name, *serial};
    }
    return fail(ErrorKind::NotFound, "no issuing CA of this server has that authority key id");
}

Result<ra::CertificateRecord> certificateNamed(const Services& services, std::string_view name) {
    TRY(const NamedCertificate named, parseCertificateName(services.authority, name));
    TRY(auto set, setOf(services, named));
    const auto found = std::ranges::find_if(set, [&](const ra::CertificateRecord& one) {
        return one.serial == named.serial && one.issuer == named.issuer;
    });
    return std::move(*found);
}

RenewalWindow renewalWindow(const std::vector<ra::CertificateRecord>& set) {
    std::vector<RenewalWindow> windows;
    for (const ra::CertificateRecord& certificate : set) windows.push_back(windowOf(certificate));
    return std::ranges::min(windows, {}, &RenewalWindow::start);
}

Result<Answer> renewalInfo(const Services& services, const std::string& name) {
    TRY(const NamedCertificate named, parseCertificateName(services.authority, name));
    TRY(const auto set, setOf(services, named));
    TRY(const auto call, services.incidentBook.callFor(named.issuer, named.serial));
    const RenewalWindow window = call ? pastWindow(call->since) : renewalWindow(set);
    json::Value body = json::object(
        {{"suggestedWindow", json::object({{"start", toRfc3339(window.start)}, {"end", toRfc3339(window.end)}})}});
    if (call && !call->explanationUrl.empty()) body.set("explanationURL", call->explanationUrl);
    return Answer{.body = std::move(body), .headers = {{"Retry-After", kRetryAfter}, {"Cache-Control", kCache}}};
}

}  // namespace mailca::acme
