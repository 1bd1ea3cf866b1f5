#include "daemon/freshness.h"

#include "core/crypto/hash.h"
#include "core/log.h"
#include "core/x509/der.h"
#include "store/figures.h"

namespace mailca::daemon {
namespace {

constexpr std::chrono::seconds kTurn{60};
constexpr std::string_view kSha1 = "1.3.14.3.2.26";

// RFC 6960 section 4.1.1, of a serial that is nobody's: the answer is signed like any other, and nobody keeps it.
Result<Bytes> certIdOf(const ca::Issuer& issuer) {
    namespace der = x509::der;
    TRY(const Bytes sha1, der::oid(kSha1));
    const Bytes algorithm = der::sequence({sha1, der::tagged(der::kNull, {})});
    return der::sequence({algorithm, der::tagged(der::kOctetString, crypto::sha1(issuer.certificate.subjectDer())),
                          der::tagged(der::kOctetString, issuer.certificate.subjectKeyId()), der::smallInteger(1)});
}

std::string hoursOf(seconds left) {
    return std::to_string(std::chrono::duration_cast<std::chrono::hours>(left).count());
}

}  // namespace

Freshness::SignAnswer Freshness::by(ca::ocsp::Responder& responder) {
    return [&responder](const ca::Issuer& issuer) -> Result<Time> {
        TRY(const Bytes certId, certIdOf(issuer));
        TRY(const auto response, responder.sign(issuer, {{certId, ca::ocsp::Unknown{}}}, {}));
        return response.nextUpdate;
    };
}

Freshness::Freshness(store::Database& database, const ca::Authority& authority, SignAnswer signAnswer,
                     const Clock& clock, seconds crlAlarm)
    : m_database(database),
      m_authority(authority),
      m_signAnswer(std::move(signAnswer)),
      m_clock(clock),
      m_crlAlarm(crlAlarm) {}

Result<void> Freshness::look() {
    State state;
    for (const auto& issuer : m_authority.issuers()) {
        const auto signedNow = m_signAnswer(*issuer);
        if (signedNow) {
            state.ocsp.emplace(issuer->name, *signedNow);
        } else {
            log::error("ocsp.cannot_sign", {{"issuer", issuer->name}, {"why", signedNow.error().text()}});
        }
    }
    TRY(state.crls, store::readCrlEnds(m_database));
    for (const auto& [issuer, nextUpdate] : state.crls) {
        const seconds left = nextUpdate - m_clock.now();
        if (left >= m_crlAlarm) continue;
        log::error("crl.stale_soon", {{"issuer", issuer},
                                      {"nextUpdate", toRfc3339(nextUpdate)},
                                      {"hours_left", hoursOf(left)},
                                      {"then",
                                       "relying parties refuse every certificate of this CA; the log says why "
                                       "its CRLs are not signed"}});
    }
    const std::lock_guard lock(m_mutex);
    m_state = std::move(state);
    return {};
}

Result<void> Freshness::turn() {
    TRY_VOID(look());
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, kTurn, [this] { return m_stopped; });
    return {};
}

void Freshness::stop() {
    const std::lock_guard lock(m_mutex);
    m_stopped = true;
    m_changed.notify_all();
}

Freshness::State Freshness::state() const {
    const std::lock_guard lock(m_mutex);
    return m_state;
}

Result<void> Freshness::checkCrls() const {
    const State now = state();
    for (const auto& issuer : m_authority.issuers()) {
        const auto found = now.crls.find(issuer->name);
        if (found != now.crls.end() && found->second > m_clock.now()) continue;
        return fail(ErrorKind::Unavailable, "a CRL of " + issuer->name + " is stale");
    }
    return {};
}

Result<void> Freshness::checkSigner() const {
    const State now = state();
    for (const auto& issuer : m_authority.issuers()) {
        if (now.ocsp.contains(issuer->name)) continue;
        return fail(ErrorKind::Unavailable, "nothing can be signed in the name of " + issuer->name);
    }
    return {};
}

}  // namespace mailca::daemon
