// The roots' CRLs: files that the ceremony made, and that an operator replaces while the daemon runs (mailca-admin
// root-crl), since the roots' keys are elsewhere.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "ca/authority.h"
#include "core/x509/crl.h"

namespace mailca::repository {

// Thread-safe. `authority` must outlive it.
class RootCrls final {
 public:
    // `folder`: where authority.toml lies.
    RootCrls(const ca::Authority& authority, std::string folder);

    // nullptr: no root of that name.
    std::shared_ptr<const x509::Crl> find(const std::string& root) const;
    // Takes over each file that changed. One that is no CRL of its root, or whose number is not above the present one's
    // (F3), is not served and said in the log; the CRL before it stays.
    void reload();

 private:
    Result<x509::Crl> read(const ca::Authority::RootFile& root) const;

    const ca::Authority& m_authority;
    const std::string m_folder;
    mutable std::mutex m_mutex;  // guards what follows
    std::map<std::string, std::shared_ptr<const x509::Crl>> m_current;
    std::map<std::string, Bytes> m_seen;  // what each file held when it was looked at last
};

}  // namespace mailca::repository
