#include "ca/ceremony_certificates.h"

#include <array>
#include <filesystem>

#include "ca/authority_file.h"
#include "ca/lint/der.h"
#include "ca/lint/tbs.h"
#include "ca/new_file.h"

namespace mailca::ca {
namespace {

std::string titleOf(const CeremonyPlan& plan, const Hierarchy& hierarchy, Rank rank) {
    const std::string title(hierarchy.title);
    if (rank == Rank::Root) return title + " Root 1";
    return title + (rank == Rank::Issuer ? " CA " : " Unit ") + std::to_string(plan.issuingCa(hierarchy));
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
    return out;
}

std::string usageText(unsigned bits) {
    static constexpr std::array kNames{"digitalSignature", "nonRepudiation", "keyEncipherment",
                                       "dataEncipherment", "keyAgreement",   "keyCertSign",
                                       "cRLSign",          "encipherOnly",   "decipherOnly"};
    std::vector<std::string> names;
    for (std::size_t bit = 0; bit < kNames.size(); ++bit) {
        if ((bits >> bit & 1U) != 0) names.emplace_back(kNames.at(bit));
    }
    return joined(names);
}

// RFC 5280 section 4.2.1.9.
std::string constraintsText(const x509::Certificate& certificate, const x509::Extension& extension) {
    std::string out = certificate.isCa() ? "CA" : "no CA";
    const auto parts = lint::readInside(extension.value, lint::tag::kSequence);
    if (parts && parts->size() == 2) out += ", path length " + std::to_string(parts->at(1).content.back());
    return out;
}

std::string extensionLine(const x509::Certificate& it, const x509::Extension& extension) {
    namespace oid = lint::oid;
    const auto line = [&](const std::string& name, const std::string& value) {
        return name + (extension.critical ? " (critical): " : ": ") + value;
    };
    if (extension.oid == oid::kBasicConstraints) return line("basicConstraints", constraintsText(it, extension));
    if (extension.oid == oid::kKeyUsage) return line("keyUsage", usageText(it.keyUsage().value_or(0)));
    if (extension.oid == oid::kExtendedKeyUsage) return line("extKeyUsage", joined(it.extendedKeyUsage()));
    if (extension.oid == oid::kPolicies) return line("certificatePolicies", joined(it.policies()));
    if (extension.oid == oid::kCrlDistributionPoints) return line("cRLDistributionPoints", joined(it.crlUrls()));
    if (extension.oid == oid::kAuthorityInfoAccess) {
        const std::string ocsp = it.ocspUrls().empty() ? "" : "; OCSP " + joined(it.ocspUrls());
        return line("authorityInfoAccess", "caIssuers " + joined(it.caIssuersUrls()) + ocsp);
    }
    if (extension.oid == oid::kAuthorityKeyId) return line("authorityKeyIdentifier", toHex(it.authorityKeyId()));
    if (extension.oid == "2.5.29.14") return line("subjectKeyIdentifier", toHex(it.subjectKeyId()));
    if (extension.oid == oid::kPrivateKeyUsage) {
        return line("privateKeyUsagePeriod", "its key signs until " + toRfc3339(unitKeyEnd(it.notBefore())));
    }
    return line(extension.oid, toHex(extension.value));
}

std::string keyText(const crypto::PublicKey& key) {
    const std::string size = key.type() == crypto::KeyType::Rsa ? "-" + std::to_string(key.bits()) : "";
    return std::string(crypto::nameOf(key.type())) + size;
}

Result<void> writeOnce(const std::string& path, ByteView content) {
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
        TRY(const Bytes there, readWholeFile(path));
        if (std::ranges::equal(there, content)) return {};
    }
    return writeNewFile(path, content, FileMode::Public);
}

}  // namespace

CaDescription describe(const CeremonyPlan& plan, const Hierarchy& hierarchy, Rank rank) {
    const std::string title = titleOf(plan, hierarchy, rank);
    std::string commonName = plan.organization + " " + title;
    if (commonName.size() > kMaxCaName) commonName = title;  // the organization stands beside it anyway
    return {std::string(hierarchy.name),
            {plan.country, plan.organization, std::move(commonName)},
            plan.policyOf(hierarchy),
            rootCrlUrl(plan.baseUrl, plan.rootName(hierarchy)),
            issuerUrl(plan.baseUrl, plan.rootName(hierarchy))};
}

UnitDescription describeUnit(const CeremonyPlan& plan, const Hierarchy& hierarchy, const Serial& serial) {
    const std::string ca = plan.issuerName(hierarchy);
    return {std::string(hierarchy.name),
            describe(plan, hierarchy, Rank::Unit).subject,
            plan.policyOf(hierarchy),
            serial,
            shardUrl(plan.baseUrl, ca, shardOf(serial, plan.crlShards)),
            issuerUrl(plan.baseUrl, ca),
            ocspUrl(plan.baseUrl)};
}

std::vector<std::string> certificateLines(const std::string& name, const x509::Certificate& certificate) {
    std::vector<std::string> out{
        name + ": " + certificate.subjectText(), "  issuer: " + certificate.issuerText(),
        "  key: " + keyText(certificate.publicKey()),
        "  from " + toRfc3339(certificate.notBefore()) + " until " + toRfc3339(certificate.notAfter())};
    for (const x509::Extension& extension : certificate.extensions()) {
        out.push_back("  " + extensionLine(certificate, extension));
    }
    return out;
}

Result<x509::Certificate> preview(const LintedTbs& tbs, crypto::SignatureAlgorithm algorithm) {
    TRY(const Bytes der, x509::assemble(tbs.bytes(), algorithm, Bytes(1, 0)));
    return x509::Certificate::fromDer(der);
}

Result<void> writeCertificate(const std::string& folder, std::string_view name, const x509::Certificate& certificate) {
    TRY_VOID(writeOnce(certificatePath(folder, name), certificate.der()));
    return writeOnce(pemPath(folder, name), asBytes(certificate.pem()));
}

Result<void> makeUnit(const CeremonyPlan& plan, const Hierarchy& hierarchy, const std::string& folder,
                      const UnitIssuer& issuer, const Making& making) {
    const std::string name = plan.unitName(hierarchy);
    TRY(const crypto::PrivateKey key, making.keys.makeOnline(hierarchy, folder, name));
    const UnitDescription unit = describeUnit(plan, hierarchy, Serial::random(making.random));
    TRY(const auto certificate, signTimestampUnit(unit, key.publicKey(), issuer.certificate, issuer.key, making.now));
    return writeCertificate(folder, name, certificate);
}

void enterIssuer(const CeremonyPlan& plan, const Hierarchy& hierarchy, AuthorityFile& file) {
    const std::string name = plan.issuerName(hierarchy);
    file.issuers.push_back(
        {name, std::string(hierarchy.name), plan.rootName(hierarchy), plan.crlShards, plan.tokenUri(hierarchy, name)});
}

void enterUnit(const CeremonyPlan& plan, const Hierarchy& hierarchy, AuthorityFile& file) {
    if (!hasUnit(hierarchy)) return;
    const std::string name = plan.unitName(hierarchy);
    file.units.push_back({name, plan.issuerName(hierarchy), plan.tokenUri(hierarchy, name)});
}

}  // namespace mailca::ca
