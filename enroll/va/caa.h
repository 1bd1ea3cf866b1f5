// CAA for mail (RFC 8659, RFC 9495; standards C13-C28): look up, climb, judge. The judge alone makes a CaaPermission.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/proof/proof.h"
#include "dns/resolver.h"

namespace mailca::va {

// A pure function of the first non-empty CAA set on the climb.
class CaaJudge {
 public:
    // `set` empty: no CAA anywhere. Caa error naming the domain when nobody of ours is named, or a critical tag is
    // unknown.
    static Result<CaaPermission> judge(const std::string& domain, const std::vector<dns::CaaRecord>& set,
                                       const std::vector<std::string>& issuerDomains, Time checkedAt, seconds ttl);
};

// Permission for a domain, from DNS or from what was learnt within max(TTL, 8 h) (C24). Caa: refused; Dns: could not be
// learnt, ask again. Thread-safe; may block on DNS.
class CaaChecker {
 public:
    CaaChecker(dns::Resolver& resolver, const Clock& clock, std::vector<std::string> issuerDomains);
    ~CaaChecker();
    Result<CaaPermission> permission(const std::string& domain);

 private:
    struct Cache;
    dns::Resolver& m_resolver;
    const Clock& m_clock;
    std::vector<std::string> m_issuerDomains;
    std::unique_ptr<Cache> m_cache;
};

}  // namespace mailca::va
