#include "daemon/audit_log.h"

#include "core/crypto/hash.h"
#include "core/log.h"

namespace mailca::daemon {
namespace {

constexpr std::string_view kStarted = "daemon.started";
constexpr std::chrono::milliseconds kTurn{1000};
constexpr seconds kBetweenRefusals{60};

json::Value ceremoniesOf(const ca::Authority& authority) {
    json::Array all;
    for (const ca::CeremonyRecord& record : authority.ceremonies()) {
        json::Array people(record.confirmedBy.begin(), record.confirmedBy.end());
        all.push_back(json::object({{"act", record.act},
                                    {"subject", record.subject},
                                    {"at", record.at},
                                    {"sha256", record.sha256},
                                    {"confirmedBy", std::move(people)}}));
    }
    return json::object({{"ceremonies", std::move(all)}});
}

json::Value certificatesOf(const ca::Authority& authority) {
    json::Array all;
    const auto add = [&all](const std::string& name, const x509::Certificate& certificate) {
        all.push_back(json::object({{"name", name}, {"sha256", toHex(crypto::sha256(certificate.der()))}}));
    };
    for (const auto& root : authority.roots()) add(root.name, root.certificate);
    for (const auto& issuer : authority.issuers()) {
        add(issuer->name, issuer->certificate);
        const auto* unit = authority.timestampUnit(issuer->hierarchy);
        if (unit != nullptr && unit->issuer == issuer.get()) add(unit->name, unit->certificate);
    }
    return json::object({{"certificates", std::move(all)}});
}

}  // namespace

Result<std::unique_ptr<AuditLog>> AuditLog::open(const Config& config, store::AuditBook& book,
                                                 std::optional<HeadSigner> signer, const Clock& clock) {
    if (!signer) {
        log::warning("audit.unsigned", {{"why",
                                         "the authority has no audit-1.spki: the audit log is a hash chain, but "
                                         "nobody signs its head"}});
    }
    std::unique_ptr<AuditLog> made(
        new AuditLog(book, std::move(signer), clock, std::chrono::minutes{config.auditSignMinutes}));
    TRY(const auto signedLast, book.latest(ca::audit::kHeadSigned));
    if (signedLast) {
        made->m_signedAt = signedLast->at;
        made->m_signedRow = signedLast->nr;
    }
    if (config.auditExport.empty()) return made;
    // The last process may have ended with rows that no reader of a FIFO got: they come again from its start.
    TRY(const auto before, book.latest(kStarted));
    TRY(made->m_sink, AuditSink::open(config.auditExport, book, before ? before->nr - 1 : 0));
    return made;
}

Result<void> AuditLog::started(const Config& config, const ca::Authority& authority) {
    const std::string sha256 = toHex(crypto::sha256(asBytes(config.text)));
    TRY_VOID(record(kStarted, json::object({{"version", MAILCA_VERSION},
                                            {"configuration", sha256},
                                            {"auditKey", m_signer ? json::Value(toHex(m_signer->publicKey.spkiSha256()))
                                                                  : json::Value(nullptr)}})));
    TRY_VOID(recordIfNew("configuration.loaded", json::object({{"sha256", sha256}, {"text", config.text}})));
    TRY_VOID(recordIfNew("authority.loaded", certificatesOf(authority)));
    if (authority.ceremonies().empty()) return {};
    return recordIfNew("ceremony.performed", ceremoniesOf(authority));
}

Result<void> AuditLog::record(std::string_view act, json::Value detail) {
    return m_book.record({m_clock.now(), "mailcad", std::string(act), "", std::move(detail)});
}

Result<void> AuditLog::recordIfNew(std::string_view act, json::Value detail) {
    TRY(const auto last, m_book.latest(act));
    if (last && last->detail == detail.dump()) return {};
    return record(act, std::move(detail));
}

Result<void> AuditLog::turn() {
    const auto headSigned = signIfDue();
    if (m_sink) TRY_VOID(m_sink->turn());
    TRY_VOID(headSigned);
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, kTurn, [this] { return m_stopped; });
    return {};
}

void AuditLog::stop() {
    const std::lock_guard lock(m_mutex);
    m_stopped = true;
    m_changed.notify_all();
}

Result<void> AuditLog::stopped() {
    TRY_VOID(record("daemon.stopped", json::object({})));
    const auto headSigned = sign();  // the rows are handed on without it, too
    if (m_sink) TRY_VOID(m_sink->turn());
    return headSigned;
}

Result<void> AuditLog::signIfDue() {
    const Time now = m_clock.now();
    // A clock that went back must not put it off.
    if (m_signedAt && *m_signedAt <= now && now - *m_signedAt < m_signEvery) return {};
    return sign();
}

Result<void> AuditLog::sign() {
    if (!m_signer) return {};
    const Time now = m_clock.now();
    TRY(const ca::audit::Head head, m_book.head());
    if (head.nr > m_signedRow) {
        TRY(const Bytes signature, m_signer->sign(head, now));
        TRY_VOID(m_book.recordSigned(head, now, signature));
        TRY(const auto row, m_book.latest(ca::audit::kHeadSigned));
        m_signedRow = row->nr;
    }
    m_signedAt = now;
    return {};
}

void AuditLog::refusedOperator(const std::string& peer) {
    std::int64_t count = 0;
    {
        const std::lock_guard lock(m_mutex);
        ++m_refusals;
        const Time now = m_clock.now();
        if (m_refusedAt && *m_refusedAt <= now && now - *m_refusedAt < kBetweenRefusals) return;
        m_refusedAt = now;
        count = std::exchange(m_refusals, 0);
    }
    log::warning("operator.refused", {{"peer", peer}, {"count", std::to_string(count)}});
    const auto done = record("operator.refused", json::object({{"peer", peer}, {"count", count}}));
    if (!done) log::error("audit.not_recorded", {{"why", done.error().text()}});
}

}  // namespace mailca::daemon
