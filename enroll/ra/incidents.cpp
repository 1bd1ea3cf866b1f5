#include "enroll/ra/incidents.h"

#include <algorithm>

#include "core/x509/revocation_reason.h"

namespace mailca::ra {
namespace {

constexpr auto kLongestWithCompromisedKey = 24h;  // D43
constexpr auto kLongest = 5 * 24h;                // D44
constexpr std::size_t kLongestName = 64, kLongestUrl = 500;
constexpr int kHighestRate = 5'000;

Result<void> checkName(const std::string& name) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    };
    if (!name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, good)) return {};
    return fail(ErrorKind::Malformed,
                "an incident's name is 1 to 64 of the characters a-z, A-Z, 0-9, \"-\", \"_\", \".\"");
}

Result<void> checkUrl(const std::string& url) {
    const auto printable = [](char c) { return c > 0x20 && c < 0x7F; };
    const bool web = url.starts_with("https://") || url.starts_with("http://");
    if (url.empty() || (web && url.size() <= kLongestUrl && std::ranges::all_of(url, printable))) return {};
    return fail(ErrorKind::Malformed, "the explanation must be the URL of a web page");
}

Result<void> checkDeadline(Time deadline, std::optional<int> reason, Time now) {
    const seconds longest = reason == x509::kKeyCompromise ? kLongestWithCompromisedKey : kLongest;
    if (deadline > now && deadline - now <= longest) return {};
    return fail(ErrorKind::Malformed,
                "the deadline must lie ahead, by at most " +
                    std::string(reason == x509::kKeyCompromise ? "24 hours with keyCompromise" : "5 days") +
                    " (S/MIME BR 4.9.1.1); what cannot wait at all is revoked by mailca-admin revoke");
}

// So early that at its rate the last one is revoked by the deadline; the worker looks every few seconds, and others'
// work may come between.
constexpr seconds kAhead{10};
bool isDue(const Incident& incident, Time now) {
    return now >= incident.deadline - seconds{incident.waiting() / incident.rate} - kAhead;
}

}  // namespace

std::string_view nameOf(IncidentState state) {
    switch (state) {
        case IncidentState::Open:
            return "open";
        case IncidentState::Done:
            return "done";
        case IncidentState::Closed:
            return "closed";
        case IncidentState::Listing:
            break;
    }
    return "listing";
}

Result<SetRevocations::Progress> SetRevocations::revoke(const CertificateSelection& selection, std::int64_t from,
                                                        std::optional<int> reason, int atMost) {
    TRY(const std::optional<int> recorded, checkReason(reason));
    TRY(SelectionPage page, m_book.select(selection, from, atMost));
    const auto live = std::ranges::partition(page.certificates, [](const SelectedCertificate& certificate) {
        return std::holds_alternative<Revoked>(certificate.state);
    });
    Progress progress{
        .revoked = 0, .revokedBefore = static_cast<int>(page.certificates.size() - live.size()), .next = page.next};
    if (!recorded && std::ranges::any_of(live, &SelectedCertificate::isOfService)) {
        return fail(ErrorKind::BadRevocationReason,
                    "a timestamping unit or OCSP responder is revoked with a reason that is written: without one, all "
                    "tokens of a unit are void (RFC 3161 section 4); superseded or cessationOfOperation for an orderly "
                    "end");
    }
    SetRevocation revocation{{live.begin(), live.end()}, recorded, m_clock.now(), recorded == x509::kKeyCompromise};
    if (!revocation.certificates.empty()) {
        TRY(progress.revoked, m_book.revoke(revocation));
    }
    return progress;
}

Incidents::Incidents(IncidentBook& book, const Clock& clock, std::function<void()> revoked)
    : m_book(book), m_clock(clock), m_revoked(std::move(revoked)) {}

Result<void> Incidents::open(const Request& request) {
    const Time now = m_clock.now();
    TRY_VOID(checkName(request.name));
    TRY_VOID(checkUrl(request.explanationUrl));
    TRY(const std::optional<int> reason, checkReason(request.reason));
    TRY_VOID(checkDeadline(request.deadline, reason, now));
    if (request.rate < 1 || request.rate > kHighestRate) {
        return fail(ErrorKind::Malformed, "the rate must be 1 to " + std::to_string(kHighestRate) + " a second");
    }
    TRY_VOID(m_book.open({.name = request.name,
                          .selection = request.selection,
                          .reason = reason,
                          .explanationUrl = request.explanationUrl,
                          .rate = request.rate,
                          .openedAt = now,
                          .deadline = request.deadline}));
    wake();
    return {};
}

Result<int> Incidents::list(const std::string& name, std::vector<Serial> serials, bool last) {
    if (serials.size() > kMostSerials) {
        return fail(ErrorKind::Malformed, "a part of a list has at most " + std::to_string(kMostSerials) + " serials");
    }
    TRY(const int marked, m_book.list({name, std::move(serials), last, m_clock.now()}));
    wake();
    return marked;
}

Result<void> Incidents::close(const std::string& name) {
    return m_book.close(name, m_clock.now());
}

// One piece of whatever there is to do. What has a successor is revoked as replaced, also at the deadline.
Result<IncidentStep> Incidents::advance(const Incident& incident, Time now) {
    if (!incident.examined) return m_book.mark(incident.name, now);
    if (!incident.followed) return m_book.revokeReplaced(incident.name, now);
    if (incident.waiting() == 0) {
        TRY_VOID(m_book.finish(incident.name, now));
        return IncidentStep{};
    }
    if (!isDue(incident, now)) return IncidentStep{};
    return m_book.revokeWaiting(incident.name, now, std::min(incident.rate, kMostAtOnce));
}

Result<void> Incidents::turn(std::chrono::milliseconds atMost) {
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, m_pause, [this] { return m_stopped; });
        if (!m_busy) m_changed.wait_for(lock, atMost, [this] { return m_woken || m_stopped; });
        m_woken = false;
        if (m_stopped) return {};
    }
    m_pause = std::chrono::milliseconds{0};
    m_busy = false;
    TRY(const std::vector<Incident> incidents, m_book.all());
    for (const Incident& incident : incidents) {
        if (incident.state != IncidentState::Open) continue;
        TRY(const IncidentStep step, advance(incident, m_clock.now()));
        m_busy = m_busy || step.more;
        m_pause = std::max(m_pause, std::chrono::milliseconds{1'000} * step.revoked / incident.rate);
        if (step.revoked > 0) m_revoked();
    }
    return {};
}

void Incidents::wake() {
    const std::lock_guard lock(m_mutex);
    m_woken = true;
    m_changed.notify_all();
}

void Incidents::stop() {
    const std::lock_guard lock(m_mutex);
    m_stopped = true;
    m_changed.notify_all();
}

}  // namespace mailca::ra
