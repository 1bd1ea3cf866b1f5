#include "repository/root_crls.h"

#include "ca/authority_file.h"
#include "ca/new_file.h"
#include "core/log.h"

namespace mailca::repository {

RootCrls::RootCrls(const ca::Authority& authority, std::string folder)
    : m_authority(authority), m_folder(std::move(folder)) {
    for (const ca::Authority::RootFile& root : authority.roots()) {
        auto crl = x509::Crl::fromDer(root.crl);
        if (!crl) throw std::logic_error("an authority was opened with a root's CRL that is none");
        m_current[root.name] = std::make_shared<const x509::Crl>(std::move(*crl));
        m_seen[root.name] = root.crl;
    }
}

std::shared_ptr<const x509::Crl> RootCrls::find(const std::string& root) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_current.find(root);
    return found == m_current.end() ? nullptr : found->second;
}

Result<x509::Crl> RootCrls::read(const ca::Authority::RootFile& root) const {
    TRY(x509::Crl crl, x509::Crl::fromDer(m_seen.at(root.name)));
    TRY_VOID(crl.verifySignature(root.certificate));
    if (!crl.number() || !crl.nextUpdate()) return fail(ErrorKind::Parse, "it has no cRLNumber or no nextUpdate");
    if (*crl.number() <= m_current.at(root.name)->number().value_or(0)) {
        return fail(ErrorKind::Conflict, "its number is not above the one of the CRL that is served");
    }
    return crl;
}

void RootCrls::reload() {
    const std::lock_guard lock(m_mutex);
    for (const ca::Authority::RootFile& root : m_authority.roots()) {
        const std::string path = ca::crlPath(m_folder, root.name);
        auto file = ca::readWholeFile(path);
        if (!file) {
            log::error("crl.root_unreadable", {{"file", path}, {"why", file.error().detail}});
            continue;
        }
        if (*file == m_seen.at(root.name)) continue;
        m_seen[root.name] = *std::move(file);
        auto crl = read(root);
        if (!crl) {
            log::error("crl.root_refused", {{"file", path}, {"why", crl.error().detail}});
            continue;
        }
        log::info("crl.root", {{"root", root.name}, {"number", std::to_string(crl->number().value_or(0))}});
        m_current[root.name] = std::make_shared<const x509::Crl>(std::move(*crl));
    }
}

}  // namespace mailca::repository
