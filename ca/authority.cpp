#include "ca/authority.h"

#include <filesystem>

#include "ca/ca_certificates.h"
#include "ca/new_file.h"
#include "core/x509/crl.h"
#include "core/x509/path.h"

namespace mailca::ca {
namespace {

Error wrongFile(const std::string& path, const std::string& why) {
    return fail(ErrorKind::Config, path + ": " + why + "; put back what the ceremony made");
}

Result<x509::Certificate> readCertificate(const std::string& path) {
    TRY(const Bytes der, readWholeFile(path));
    auto certificate = x509::Certificate::fromDer(der);
    if (!certificate) return wrongFile(path, "is no DER certificate");
    return certificate;
}

Result<Authority::RootFile> readRoot(const std::string& folder, const std::string& name) {
    TRY(x509::Certificate certificate, readCertificate(certificatePath(folder, name)));
    if (!x509::verifySignature(certificate, certificate.publicKey())) {
        return wrongFile(certificatePath(folder, name), "is not signed by itself");
    }
    TRY(Bytes der, readWholeFile(crlPath(folder, name)));
    const auto crl = x509::Crl::fromDer(der);
    if (!crl || !crl->verifySignature(certificate)) return wrongFile(crlPath(folder, name), "is no CRL of this root");
    return Authority::RootFile{name, std::move(certificate), std::move(der)};
}

Result<std::unique_ptr<Issuer>> openIssuer(const std::string& folder, const std::string& baseUrl,
                                           const IssuerEntry& entry, const x509::Certificate& root) {
    const std::string path = certificatePath(folder, entry.name);
    TRY(x509::Certificate certificate, readCertificate(path));
    if (!x509::verifySignature(certificate, root.publicKey())) return wrongFile(path, "is not signed by " + entry.root);
    return std::make_unique<Issuer>(
        Issuer{entry.name, entry.hierarchy, std::move(certificate), {root}, entry.crlShards, baseUrl});
}

Result<std::unique_ptr<TimestampUnit>> openUnit(const std::string& folder, const UnitEntry& entry,
                                                const Issuer& issuer) {
    const std::string path = certificatePath(folder, entry.name);
    TRY(x509::Certificate certificate, readCertificate(path));
    const bool good = x509::verifySignature(certificate, issuer.certificate.publicKey()).has_value() &&
                      !certificate.policies().empty() &&
                      certificate.publicKey().type() == issuer.certificate.publicKey().type();  // E20
    if (!good) return wrongFile(path, "is no timestamping unit of " + entry.issuer);
    return std::make_unique<TimestampUnit>(TimestampUnit{entry.name, &issuer, std::move(certificate)});
}

}  // namespace

std::string TimestampUnit::policy() const {
    return certificate.policies().front();
}
Time TimestampUnit::keyEnd() const {
    return unitKeyEnd(certificate.notBefore());
}

int Issuer::shardOf(const Serial& serial) const {
    return ca::shardOf(serial, crlShards);
}

std::string Issuer::crlUrl(int shard) const {
    return shardUrl(baseUrl, name, shard);
}
std::string Issuer::certificateUrl() const {
    return issuerUrl(baseUrl, name);
}

std::string Issuer::ocspUrl() const {
    return ca::ocspUrl(baseUrl);
}

Result<Authority> Authority::open(const std::string& authorityFile) {
    TRY(const AuthorityFile file, AuthorityFile::load(authorityFile));
    if (file.issuers.empty()) {
        return fail(ErrorKind::Config, authorityFile + ": names no issuing CA; `mailca-admin ceremony` makes them");
    }
    const std::string folder = std::filesystem::path(authorityFile).parent_path().string();
    Authority out;
    out.m_baseUrl = file.baseUrl;
    out.m_ceremonies = file.ceremonies;
    for (const std::string& name : file.roots) {
        TRY(RootFile root, readRoot(folder, name));
        out.m_roots.push_back(std::move(root));
    }
    for (const IssuerEntry& entry : file.issuers) {
        for (const RootFile& root : out.m_roots) {
            if (root.name != entry.root) continue;
            TRY(auto issuer, openIssuer(folder, file.baseUrl, entry, root.certificate));
            out.m_issuers.push_back(std::move(issuer));
        }
    }
    for (const UnitEntry& entry : file.units) {
        TRY(auto unit, openUnit(folder, entry, *out.find(entry.issuer)));
        out.m_units.push_back(std::move(unit));
    }
    return out;
}

const TimestampUnit* Authority::findUnit(std::string_view name) const {
    for (const auto& unit : m_units) {
        if (unit->name == name) return unit.get();
    }
    return nullptr;
}

const TimestampUnit* Authority::timestampUnit(std::string_view hierarchy) const {
    // The last one named, as with issuing CAs.
    const TimestampUnit* found = nullptr;
    for (const auto& unit : m_units) {
        if (unit->issuer->hierarchy == hierarchy) found = unit.get();
    }
    return found;
}

std::vector<const TimestampUnit*> Authority::timestampUnits() const {
    std::vector<const TimestampUnit*> out;
    for (const std::string_view hierarchy : {kServiceTimestamp, kSm2ServiceTimestamp}) {
        if (const TimestampUnit* const unit = timestampUnit(hierarchy)) out.push_back(unit);
    }
    return out;
}

const Issuer* Authority::find(std::string_view name) const {
    for (const auto& issuer : m_issuers) {
        if (issuer->name == name) return issuer.get();
    }
    return nullptr;
}

const Issuer* Authority::forHierarchy(std::string_view hierarchy) const {
    // The last one named: a new issuing CA is added at the end of authority.toml, the old ones go on with their CRLs.
    const Issuer* found = nullptr;
    for (const auto& issuer : m_issuers) {
        if (issuer->hierarchy == hierarchy) found = issuer.get();
    }
    return found;
}

}  // namespace mailca::ca
