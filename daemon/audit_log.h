// What the daemon does for the audit log beside writing rows: says when it starts and stops and with what, signs heads,
// hands rows on.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "ca/audit/log.h"
#include "ca/authority.h"
#include "core/clock.h"
#include "daemon/audit_sink.h"
#include "daemon/config.h"

namespace mailca::daemon {

// Who signs heads: the CA's signer, whose public half of the audit key this is.
struct HeadSigner {
    crypto::PublicKey publicKey;
    std::function<Result<Bytes>(const ca::audit::Head& head, Time at)> sign;
};

// Thread-safe, but for turn(), which is one worker's. What it is made of must outlive it.
class AuditLog final {
 public:
    // Errors as AuditSink::open.
    static Result<std::unique_ptr<AuditLog>> open(const Config& config, store::AuditBook& book,
                                                  std::optional<HeadSigner> signer, const Clock& clock);

    // Before anything is served. The configuration and the CA's certificates are written down when they are not those
    // of the last time (E23).
    Result<void> started(const Config& config, const ca::Authority& authority);
    // Signs the head if it is time and rows came, hands on what is new, then waits a second, or until stop().
    Result<void> turn();
    void stop();
    // After the last turn: the row that says so, the last head signed, everything handed on that somebody takes.
    Result<void> stopped();

    // Somebody stood at the operators' door without their token. One row a minute, however often.
    void refusedOperator(const std::string& peer);

 private:
    AuditLog(store::AuditBook& book, std::optional<HeadSigner> signer, const Clock& clock, seconds signEvery)
        : m_book(book), m_signer(std::move(signer)), m_clock(clock), m_signEvery(signEvery) {}

    Result<void> recordIfNew(std::string_view act, json::Value detail);
    Result<void> record(std::string_view act, json::Value detail);
    Result<void> signIfDue();
    Result<void> sign();

    store::AuditBook& m_book;
    const std::optional<HeadSigner> m_signer;
    const Clock& m_clock;
    const seconds m_signEvery;
    std::unique_ptr<AuditSink> m_sink;  // none: nothing is handed on
    std::optional<Time> m_signedAt;     // turn()'s
    std::int64_t m_signedRow = 0;       // the row of the last signature; turn()'s too

    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_changed;
    bool m_stopped = false;
    std::optional<Time> m_refusedAt;
    std::int64_t m_refusals = 0;  // since the last row about them
};

}  // namespace mailca::daemon
