// The certificate of a delegated OCSP responder (RFC 6960 section 4.2.2.2, RFC 9919 section 3.2.2, S/MIME BR 4.9.9).
#include <array>
#include <set>

#include "ca/lint/rules.h"

namespace mailca::ca::lint {
namespace {

using Found = std::optional<std::string>;

constexpr auto kLongestLife = std::chrono::days{8};  // nobody can revoke it: POLICY, as short as a CRL lives and a bit

Found usage(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kKeyUsage);
    if (auto found = unlessCritical(extension, "keyUsage")) return found;
    if (it.certificate.keyUsage() == unsigned{x509::kDigitalSignature}) return {};
    return "keyUsage (" + toHex(extension->value) + ") of an OCSP responder is not digitalSignature alone";
}

Found purpose(const Inspected& it, const CertificateContext&) {
    if (it.certificate.extendedKeyUsage() == std::vector<std::string>{std::string(oid::kOcspSigning)}) return {};
    return "extKeyUsage of an OCSP responder is not " + std::string(oid::kOcspSigning) + " alone";
}

Found noCheck(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kOcspNoCheck);
    if (extension == nullptr) return "id-pkix-ocsp-nocheck is missing";
    if (same(extension->value, Bytes{0x05, 0x00})) return {};
    return "id-pkix-ocsp-nocheck holds " + toHex(extension->value) + ", not NULL";
}

Found life(const Inspected& it, const CertificateContext&) {
    if (it.certificate.notAfter() - it.certificate.notBefore() < kLongestLife) return {};
    return "an OCSP responder's certificate is valid for more than " + std::to_string(kLongestLife.count()) + " days";
}

Found subject(const Inspected& it, const CertificateContext&) {
    std::set<std::string> oids;
    for (const NamePart& part : readName(it.tbs.subject).value_or(std::vector<NamePart>{})) oids.insert(part.oid);
    if (oids.contains(std::string(oid::kCommonName)) && oids.contains(std::string(oid::kOrganization))) return {};
    return "the subject of an OCSP responder lacks an organization or a commonName";
}

constexpr std::array kRules{
    Rule{"responder-key-usage", "RFC 6960 4.2.2.2", kResponders, usage},
    Rule{"responder-purpose", "F17", kResponders, purpose},
    Rule{"responder-no-check", "F17", kResponders, noCheck},
    Rule{"responder-life", "F17", kResponders, life},
    Rule{"responder-subject", "RFC 5280 4.1.2.6", kResponders, subject},
};

}  // namespace

std::span<const Rule> responderRules() {
    return kRules;
}

}  // namespace mailca::ca::lint
