#include "ca/root_crl.h"

#include <algorithm>

#include "ca/authority_file.h"
#include "ca/ca_certificates.h"
#include "ca/key_store.h"
#include "ca/new_file.h"
#include "core/x509/path.h"

namespace mailca::ca {
namespace {

Error wrong(const std::string& what) {
    return fail(ErrorKind::Config, what);
}

std::optional<int> caReasonNamed(std::string_view name) {
    const auto found = std::ranges::find(kCaReasons, name, &CaReason::name);
    return found == kCaReasons.end() ? std::nullopt : std::optional(found->code);
}

Result<x509::Certificate> readCertificate(const std::string& folder, const std::string& name) {
    const std::string path = certificatePath(folder, name);
    TRY(const Bytes der, readWholeFile(path));
    auto certificate = x509::Certificate::fromDer(der);
    if (!certificate) return wrong(path + ": is no DER certificate");
    return certificate;
}

// Numerically, as the lint wants them.
bool isBelow(const x509::RevokedEntry& a, const x509::RevokedEntry& b) {
    const Bytes &left = a.serial.bytes(), &right = b.serial.bytes();
    return left.size() != right.size() ? left.size() < right.size() : left < right;
}

}  // namespace

std::string caReasonNames() {
    std::string names;
    for (const CaReason& reason : kCaReasons) names.append(names.empty() ? "" : ", ").append(reason.name);
    return names;
}

RootCrl::RootCrl(std::string path, x509::Certificate root, std::uint64_t number, Time thisUpdate)
    : m_path(std::move(path)), m_root(std::move(root)), m_number(number), m_thisUpdate(thisUpdate) {}

Result<RootCrl> RootCrl::plan(const RootCrlPlan& plan, const Clock& clock) {
    TRY(const AuthorityFile file, AuthorityFile::load(plan.folder + "/authority.toml"));
    if (std::ranges::count(file.roots, plan.root) == 0) return wrong(plan.root + ": the authority has no such root");
    TRY(const x509::Certificate root, readCertificate(plan.folder, plan.root));
    const std::string path = crlPath(plan.folder, plan.root);
    TRY(const Bytes der, readWholeFile(path));
    const auto last = x509::Crl::fromDer(der);
    if (!last || !last->verifySignature(root) || !last->number()) {
        return wrong(path + ": is no CRL of this root; put back the latest one, its number must be counted on");
    }
    // F10: whatever the clock says, the new one looks newer.
    const Time thisUpdate = std::max<Time>(clock.now(), last->thisUpdate() + 1s);
    RootCrl made(path, root, *last->number() + 1, thisUpdate);
    made.m_revoked = last->revoked();
    if (plan.revoke.empty()) {
        if (!plan.reason.empty()) return wrong("a reason belongs to an issuing CA that is revoked");
        return made;
    }
    const bool known = std::ranges::any_of(file.issuers, [&](const IssuerEntry& issuer) {
        return issuer.name == plan.revoke && issuer.root == plan.root;
    });
    if (!known) return wrong(plan.revoke + ": is no issuing CA of " + plan.root);
    TRY_VOID(made.revoke(plan, *last));
    return made;
}

Result<void> RootCrl::revoke(const RootCrlPlan& plan, const x509::Crl& last) {
    const auto reason = caReasonNamed(plan.reason);
    if (!reason) return wrong("a CA is revoked with one of these reasons: " + caReasonNames());
    TRY(const x509::Certificate issuer, readCertificate(plan.folder, plan.revoke));
    if (!x509::verifySignature(issuer, m_root.publicKey())) {
        return wrong(certificatePath(plan.folder, plan.revoke) + ": is not signed by " + plan.root);
    }
    if (last.find(issuer.serial())) return wrong(plan.revoke + ": is revoked already");
    m_revoked.push_back({issuer.serial(), m_thisUpdate, reason});
    std::ranges::sort(m_revoked, isBelow);
    m_news = "issuing CA " + plan.revoke + " (serial " + issuer.serial().hex() + "), " + plan.reason;
    return {};
}

std::vector<std::string> RootCrl::announcement() const {
    std::vector<std::string> lines{"CRL number " + std::to_string(m_number) + " of the root, from " +
                                   toRfc3339(m_thisUpdate) + " until " + toRfc3339(rootCrlEnd(m_thisUpdate))};
    lines.push_back(m_news.empty() ? "nothing more is revoked" : "revoked, for ever: " + m_news);
    lines.push_back("CAs on it: " + std::to_string(m_revoked.size()));
    return lines;
}

Result<void> RootCrl::perform(const std::string& keyFile, const Secret& passphrase) const {
    TRY(const crypto::PrivateKey key, readSealedKey(keyFile, passphrase));
    if (!(key.publicKey() == m_root.publicKey())) return wrong(keyFile + ": is not the key of this root");
    TRY(const Bytes der,
        signRootCrl(m_root, key, {.number = m_number, .thisUpdate = m_thisUpdate, .revoked = m_revoked}));
    return replaceFile(m_path, der, FileMode::Public);
}

}  // namespace mailca::ca
