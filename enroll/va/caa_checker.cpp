#include <algorithm>
#include <map>
#include <mutex>

#include "core/log.h"
#include "enroll/va/caa.h"

namespace mailca::va {
namespace {

constexpr std::size_t kMaxCached = 10'000;
// A permission about to lapse is not handed out: the intent must still be recorded with it.
constexpr seconds kMargin{60};

dns::CaaAnswer askTwice(dns::Resolver& resolver, const std::string& name) {
    dns::CaaAnswer answer = resolver.caa(name);
    if (answer.status == dns::Status::Failed) answer = resolver.caa(name);
    return answer;
}

struct Climbed {
    std::vector<dns::CaaRecord> set;
    seconds ttl;
};

// C15, C16: the first non-empty set from the name upwards, never the root. A CNAME changes nothing: the climb goes on
// from the name's own parent.
Result<Climbed> climb(dns::Resolver& resolver, const std::string& domain) {
    seconds ttl = seconds::max();
    std::string name = domain;
    while (true) {
        const dns::CaaAnswer answer = askTwice(resolver, name);
        // C25 would let one pass in a zone that is proven to be without DNSSEC; but whoever answers SERVFAIL proves
        // nothing (C26).
        if (answer.status == dns::Status::Failed) {
            return fail(ErrorKind::Dns, "the CAA records of " + domain + " could not be learnt: the lookup at " + name +
                                            " failed (" + answer.reason + "); try again when its DNS answers");
        }
        ttl = std::min(ttl, answer.ttl);  // of negative answers too: a nearer set may appear
        if (answer.status == dns::Status::Found) return Climbed{answer.records, ttl};
        const std::size_t dot = name.find('.');
        if (dot == std::string::npos) return Climbed{{}, ttl};
        name.erase(0, dot + 1);
    }
}

}  // namespace

struct CaaChecker::Cache {
    std::mutex mutex;
    std::map<std::string, CaaPermission> permissions;

    std::optional<CaaPermission> find(const std::string& domain, Time now) {
        const std::lock_guard lock(mutex);
        const auto found = permissions.find(domain);
        if (found == permissions.end() || found->second.goodUntil() < now + kMargin) return std::nullopt;
        return found->second;
    }

    void keep(const CaaPermission& permission, Time now) {
        const std::lock_guard lock(mutex);
        if (permissions.size() >= kMaxCached) {
            std::erase_if(permissions, [now](const auto& entry) { return entry.second.goodUntil() < now; });
        }
        if (permissions.size() >= kMaxCached) {
            permissions.erase(
                std::ranges::min_element(permissions, {}, [](const auto& entry) { return entry.second.goodUntil(); }));
        }
        permissions.insert_or_assign(permission.domain(), permission);
    }
};

CaaChecker::CaaChecker(dns::Resolver& resolver, const Clock& clock, std::vector<std::string> issuerDomains)
    : m_resolver(resolver),
      m_clock(clock),
      m_issuerDomains(std::move(issuerDomains)),
      m_cache(std::make_unique<Cache>()) {}

CaaChecker::~CaaChecker() = default;

// Only permissions are kept: who has just mended a refusing zone need not wait.
Result<CaaPermission> CaaChecker::permission(const std::string& domain) {
    const Time now = m_clock.now();
    if (auto kept = m_cache->find(domain, now)) return *std::move(kept);
    TRY(const Climbed climbed, climb(m_resolver, domain));
    auto permission = CaaJudge::judge(domain, climbed.set, m_issuerDomains, now, climbed.ttl);
    if (!permission) {
        log::warning("caa.refused", {{"domain", domain}, {"reason", permission.error().detail}});  // C23
        return permission;
    }
    m_cache->keep(*permission, now);
    return permission;
}

}  // namespace mailca::va
