#include "ca/issuing_request.h"

#include <algorithm>
#include <filesystem>

#include "ca/audit/key.h"
#include "ca/new_file.h"
#include "core/x509/path.h"

namespace mailca::ca {
namespace {

Error wrong(const std::string& what) {
    return fail(ErrorKind::Config, what);
}

std::string authorityPath(const IssuingCaOrder& order) {
    return order.folder + "/authority.toml";
}

bool exists(const std::string& path) {
    std::error_code error;
    return std::filesystem::exists(path, error) || error;
}

// The authority that lies here, which has to be the one of the file.
Result<AuthorityFile> openAuthority(const IssuingCaOrder& order) {
    TRY(AuthorityFile file, AuthorityFile::load(authorityPath(order)));
    if (file.baseUrl != order.plan().baseUrl) {
        return wrong("the reviewed file has another base URL than the authority, " + file.baseUrl);
    }
    if (std::ranges::find(file.roots, order.plan().rootName(order.of())) == file.roots.end()) {
        return wrong(authorityPath(order) + ": has no root " + order.plan().rootName(order.of()));
    }
    return file;
}

Result<x509::Certificate> openRoot(const IssuingCaOrder& order) {
    const std::string path = certificatePath(order.folder, order.plan().rootName(order.of()));
    TRY(const Bytes der, readWholeFile(path));
    TRY(x509::Certificate root, x509::Certificate::fromDer(der));
    TRY_VOID(x509::verifySignature(root, root.publicKey()));
    TRY(const Bytes subject, x509::encodeName(describe(order.plan(), order.of(), Rank::Root).subject));
    if (root.subjectDer() != subject) return wrong(path + ": is not the root that the reviewed file describes");
    return root;
}

// What the daemon needs is opened with one pass-phrase: that of a key that is here already.
Result<void> checkPassphrase(const IssuingCaOrder& order, const AuthorityFile& file, const Secret& passphrase) {
    const Stretched stretched(passphrase);
    for (const IssuerEntry& issuer : file.issuers) {
        const std::string path = issuerKeyPath(order.folder, issuer.name);
        if (!issuer.key.empty() || !exists(path)) continue;
        TRY(const crypto::PrivateKey key, readSealedKey(path, stretched));
        return {};
    }
    return {};
}

Result<void> record(const IssuingCaOrder& order, AuthorityFile& file, std::string act, Time at) {
    file.ceremonies.push_back({std::move(act), order.name(), toRfc3339(at), order.reviewed.sha256, order.confirmedBy});
    return replaceFile(authorityPath(order), asBytes(file.text()), FileMode::Public);
}

// Proof of possession, and that it was made for this CA; what else it asks for is not looked at.
Result<crypto::PublicKey> keyOfRequest(const IssuingCaOrder& order, ByteView der) {
    const auto request = x509::CertificateRequest::fromDer(der);
    if (!request) return wrong(request.error().detail);
    if (const auto proven = request->verifySignature(); !proven) return wrong(proven.error().detail);
    const std::string expected = describe(order.plan(), order.of(), Rank::Issuer).subject.commonName;
    if (request->subjectCommonNames() != std::vector<std::string>{expected}) {
        return wrong("the CSR is for another CA than \"" + expected + "\"");
    }
    const crypto::KeySpec wanted = order.plan().keysOf(order.of());
    const crypto::PublicKey& key = request->publicKey();
    const bool good = key.type() == wanted.type && (wanted.rsaBits == 0 || key.bits() == wanted.rsaBits);
    if (!good) return wrong("the CSR's key is not of the kind that the reviewed file says");
    return key;
}

// A key has one name: no root and no other CA here may have it already.
Result<void> checkKeyIsNew(const IssuingCaOrder& order, const AuthorityFile& file, const crypto::PublicKey& key) {
    std::vector<std::string> names = file.roots;
    for (const IssuerEntry& issuer : file.issuers) names.push_back(issuer.name);
    for (const std::string& name : names) {
        TRY(const Bytes der, readWholeFile(certificatePath(order.folder, name)));
        TRY(const x509::Certificate certificate, x509::Certificate::fromDer(der));
        if (name != order.name() && certificate.publicKey() == key)
            return wrong("the key is that of " + name + " already");
    }
    return {};
}

// The certificate says what the reviewed file says, on its own octets; the lints say the rest.
Result<void> checkAgainstPlan(const IssuingCaOrder& order, const x509::Certificate& it, const x509::Certificate& root) {
    const CaDescription wanted = describe(order.plan(), order.of(), Rank::Issuer);
    TRY(const Bytes subject, x509::encodeName(wanted.subject));
    const auto usages = order.of().usages;
    const bool same = it.subjectDer() == subject && it.policies() == std::vector{wanted.policy} &&
                      std::ranges::equal(it.extendedKeyUsage(), usages) &&
                      it.caIssuersUrls() == std::vector{wanted.rootUrl};
    if (!same) return wrong("the certificate says something else than the reviewed file");
    TRY(const auto findings,
        lint::lintCertificate(it.tbs(), root.publicKey().defaultAlgorithm(),
                              {lint::CertificateKind::IssuingCa, order.hierarchy, &root, std::nullopt, wanted.crlUrl}));
    return lint::judge(findings);
}

// The certificate of a run that was broken off before its record: signed once, so it has to be the one.
Result<x509::Certificate> signedAlready(const IssuingCaOrder& order, const crypto::PublicKey& key,
                                        const x509::Certificate& root) {
    const std::string path = certificatePath(order.folder, order.name());
    TRY(const Bytes der, readWholeFile(path));
    TRY(x509::Certificate certificate, x509::Certificate::fromDer(der));
    if (!x509::verifySignature(certificate, root.publicKey()) || !(certificate.publicKey() == key)) {
        return wrong(path + ": lies there and is not this root's for the key of this CSR; give the CA another number");
    }
    TRY_VOID(checkAgainstPlan(order, certificate, root));
    return certificate;
}

}  // namespace

Result<IssuingCaOrder> IssuingCaOrder::make(std::string folder, ReviewedPlan reviewed, std::string hierarchy) {
    if (std::ranges::find(reviewed.plan.hierarchies, hierarchy) == reviewed.plan.hierarchies.end()) {
        return wrong("\"" + hierarchy + "\" is no hierarchy of the reviewed file");
    }
    return IssuingCaOrder{std::move(folder), std::move(reviewed), std::move(hierarchy)};
}

Result<std::string> requestIssuingCa(const IssuingCaOrder& order, const CeremonySecrets& secrets, const Clock& clock,
                                     Random& random) {
    TRY(AuthorityFile file, openAuthority(order));
    if (const auto root = openRoot(order); !root) return root.error();
    const bool there = file.hasIssuer(order.name()) || exists(certificatePath(order.folder, order.name()));
    if (there || file.findRecord("requested", order.name()) != nullptr) {
        return wrong(order.name() + ": is there or was requested already; give the CA another number");
    }
    TRY_VOID(checkPassphrase(order, file, secrets.passphrase));
    TRY(const CeremonyKeys keys, CeremonyKeys::open(order.plan(), secrets, random));
    TRY(const crypto::PrivateKey key, keys.makeOnline(order.of(), order.folder, order.name()));
    TRY_VOID(checkKeyIsNew(order, file, key.publicKey()));
    TRY(const Bytes csr, x509::makeRequest(key, describe(order.plan(), order.of(), Rank::Issuer).subject));
    TRY_VOID(replaceFile(order.csrPath(), csr, FileMode::Public));  // of a run that was broken off, if there is one
    if (!exists(audit::publicKeyPath(order.folder))) {
        TRY(file.auditKey, keys.makeAudit(order.folder));
    }
    file.tokenModule = order.plan().tokenModule.empty() ? file.tokenModule : order.plan().tokenModule;
    TRY_VOID(record(order, file, "requested", clock.now()));
    return order.csrPath();
}

Result<IssuingCaSignature> IssuingCaSignature::prepare(const IssuingCaOrder& order, ByteView csr, const Clock& clock,
                                                       Random& random) {
    TRY(const AuthorityFile file, openAuthority(order));
    TRY(const x509::Certificate root, openRoot(order));
    if (file.hasIssuer(order.name())) {
        return wrong(order.name() + ": was signed already; nothing is overwritten, give the CA another number");
    }
    TRY(const crypto::PublicKey key, keyOfRequest(order, csr));
    TRY_VOID(checkKeyIsNew(order, file, key));
    const Time now = clock.now();
    if (exists(certificatePath(order.folder, order.name()))) {
        TRY(const x509::Certificate certificate, signedAlready(order, key, root));
        IssuingCaSignature out(certificate, root, now);
        out.announce(order, certificate);
        out.m_lines.emplace_back("  signed by a run that was broken off: only the record is missing");
        return out;
    }
    TRY(LintedTbs tbs, prepareIssuingCa(describe(order.plan(), order.of(), Rank::Issuer), key, root, now, random));
    TRY(const x509::Certificate shown, preview(tbs, root.publicKey().defaultAlgorithm()));
    IssuingCaSignature out(std::move(tbs), root, now);
    out.announce(order, shown);
    return out;
}

void IssuingCaSignature::announce(const IssuingCaOrder& order, const x509::Certificate& shown) {
    m_lines = certificateLines(order.name(), shown);
    m_lines.push_back("  serial number: " + shown.serial().hex());
    m_lines.push_back("  SHA-256 of its key: " + toHex(shown.publicKey().spkiSha256()));
}

Result<std::string> IssuingCaSignature::sign(const IssuingCaOrder& order, const std::string& keyFile,
                                             const Secret& passphrase) && {
    TRY(const crypto::PrivateKey rootKey, readSealedKey(keyFile, passphrase));
    if (!(rootKey.publicKey() == m_root.publicKey())) return wrong(keyFile + ": is not the key of this root");
    TRY(AuthorityFile file, openAuthority(order));
    if (auto* const tbs = std::get_if<LintedTbs>(&m_work)) {
        TRY(m_work, signCertificate(std::move(*tbs), rootKey));
    }
    TRY_VOID(writeCertificate(order.folder, order.name(), std::get<x509::Certificate>(m_work)));
    enterIssuer(order.plan(), order.of(), file);
    TRY_VOID(record(order, file, "signed", m_at));
    return certificatePath(order.folder, order.name());
}

Result<IssuingCaInstallation> IssuingCaInstallation::prepare(const IssuingCaOrder& order, ByteView certificate) {
    TRY(const AuthorityFile file, openAuthority(order));
    TRY(const x509::Certificate root, openRoot(order));
    if (file.findRecord("installed", order.name()) != nullptr) return wrong(order.name() + ": is installed already");
    const CeremonyRecord* const asked = file.findRecord("requested", order.name());
    if (asked == nullptr) return wrong(order.name() + ": was not requested here");
    if (asked->sha256 != order.reviewed.sha256) {
        return wrong("the file was changed since the request, when its SHA-256 was " + asked->sha256);
    }
    auto it = x509::Certificate::fromDer(certificate);
    if (!it) return wrong("this is no DER certificate");
    if (!x509::verifySignature(*it, root.publicKey())) {
        return wrong("the certificate is not signed by " + order.plan().rootName(order.of()));
    }
    TRY(const Bytes csr, readWholeFile(order.csrPath()));
    TRY(const crypto::PublicKey key, keyOfRequest(order, csr));
    if (!(it->publicKey() == key)) return wrong("the certificate is of another key than the one requested");
    TRY_VOID(checkAgainstPlan(order, *it, root));
    return IssuingCaInstallation(std::move(it).value());
}

std::vector<std::string> IssuingCaInstallation::announcement() const {
    return certificateLines("issuing CA", m_certificate);
}

Result<void> IssuingCaInstallation::install(const IssuingCaOrder& order, const CeremonySecrets& secrets,
                                            const Clock& clock, Random& random) const {
    TRY(AuthorityFile file, openAuthority(order));
    TRY(const CeremonyKeys keys, CeremonyKeys::open(order.plan(), secrets, random));
    TRY(const crypto::PrivateKey key, keys.readOnline(order.of(), order.folder, order.name()));
    if (!(key.publicKey() == m_certificate.publicKey())) return wrong("the key that is here is not the certificate's");
    TRY_VOID(writeCertificate(order.folder, order.name(), m_certificate));
    if (hasUnit(order.of())) {
        TRY_VOID(makeUnit(order.plan(), order.of(), order.folder, {m_certificate, key}, {keys, clock.now(), random}));
    }
    if (!file.hasIssuer(order.name())) enterIssuer(order.plan(), order.of(), file);
    enterUnit(order.plan(), order.of(), file);
    return record(order, file, "installed", clock.now());
}

}  // namespace mailca::ca
