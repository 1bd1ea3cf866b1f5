// A root's next CRL, where the root's sealed key is (standards D45, D47, F3): made at the ceremony's folder, by hand,
// at least once a year and when an issuing CA is revoked. What the last one listed is listed again.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/secret.h"
#include "core/x509/certificate.h"
#include "core/x509/crl.h"

namespace mailca::ca {

// Why a CA's certificate can be revoked; an entry of a CA always says why, and is never on hold (D50).
struct CaReason {
    std::string_view name;
    int code;
};
inline constexpr std::array<CaReason, 5> kCaReasons{{{"cACompromise", 2},
                                                     {"affiliationChanged", 3},
                                                     {"superseded", 4},
                                                     {"cessationOfOperation", 5},
                                                     {"privilegeWithdrawn", 9}}};
std::string caReasonNames();  // "cACompromise, ...", for errors

struct RootCrlPlan {
    std::string folder;  // that the ceremony made
    std::string root;    // name
    std::string revoke;  // name of an issuing CA of this root; empty: none
    std::string reason;  // of that; empty with it
};

class RootCrl final {
 public:
    // Reads what there is and refuses what must not be signed: Config with what to change.
    static Result<RootCrl> plan(const RootCrlPlan& plan, const Clock& clock);

    // What perform() will sign, a line each, for the people who have to agree.
    std::vector<std::string> announcement() const;
    // Signs it and puts it in the place of the last one, whole and durable. `keyFile`: the root's sealed key. Config
    // and Unauthorized as readSealedKey().
    Result<void> perform(const std::string& keyFile, const Secret& passphrase) const;

 private:
    RootCrl(std::string path, x509::Certificate root, std::uint64_t number, Time thisUpdate);
    Result<void> revoke(const RootCrlPlan& plan, const x509::Crl& last);

    std::string m_path;
    x509::Certificate m_root;
    std::uint64_t m_number;
    Time m_thisUpdate;
    std::vector<x509::RevokedEntry> m_revoked;
    std::string m_news;  // what is revoked with it; empty: nothing
};

}  // namespace mailca::ca
