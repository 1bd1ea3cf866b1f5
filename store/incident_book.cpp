#include "store/incident_book.h"

#include <algorithm>

#include "core/x509/revocation_reason.h"
#include "store/revoking.h"
#include "store/rows.h"
#include "store/selection.h"

namespace mailca::store {
namespace {

using ra::IncidentState;
using ra::IncidentStep;
using sqlite::Connection;
using sqlite::Row;

constexpr int kMostFollowed = 200;  // new certificates looked at in one step; each may replace several

int codeOf(IncidentState state) {
    return static_cast<int>(state);
}

struct IncidentRow {
    std::int64_t nr;
    std::string name, selection;
    std::optional<int> reason;
    IncidentState state;
    std::int64_t last, examined, followed;
};

Result<std::optional<IncidentRow>> find(Connection& db, const std::string& name) {
    return db.first(
        "SELECT nr, name, selection, reason, state, last, examined, followed FROM incidents WHERE name = ?1", {name},
        [](const Row& row) {
            return IncidentRow{row.integer(0),
                               row.text(1),
                               row.text(2),
                               row.optionalNumber(3),
                               static_cast<IncidentState>(row.number(4)),
                               row.integer(5),
                               row.integer(6),
                               row.integer(7)};
        });
}

// For a step of the worker: nullopt, nothing to do, when it was closed meanwhile.
Result<std::optional<IncidentRow>> findOpen(Connection& db, const std::string& name) {
    TRY(auto found, find(db, name));
    if (found && found->state != IncidentState::Open) found.reset();
    return found;
}

// For an operator.
Result<IncidentRow> findKnown(Connection& db, const std::string& name) {
    TRY(const auto found, find(db, name));
    if (!found) return fail(ErrorKind::NotFound, "there is no incident \"" + name + "\"");
    return *found;
}

std::string textOf(const std::optional<ra::CertificateSelection>& selection) {
    return selection ? selection->toJson().dump() : std::string();
}

json::Value detailOf(const ra::NewIncident& incident) {
    json::Value detail = json::object({{"selection", textOf(incident.selection)},
                                       {"deadline", toRfc3339(incident.deadline)},
                                       {"rate", incident.rate}});
    if (incident.reason) detail.set("reason", *incident.reason);
    return detail;
}

// A mark on each that is live and has none yet. A compromised key is blocked at once: nobody renews with it (D46).
Result<int> markEach(Connection& db, const IncidentRow& incident, const std::vector<Candidate>& candidates, Time at) {
    int marked = 0;
    for (const Candidate& candidate : candidates) {
        if (!std::holds_alternative<ra::Live>(candidate.certificate.state)) continue;
        TRY(const int added, db.run("INSERT INTO incident_marks (incident, certificate) VALUES (?1, ?2)"
                                    " ON CONFLICT DO NOTHING",
                                    {incident.nr, candidate.nr}));
        if (added == 1 && incident.reason == x509::kKeyCompromise) {
            TRY(Bytes spkiSha256, blockKeyOf(db, candidate.nr, at));
            TRY_VOID(recordAct(db, {at, "operator", "key.blocked", std::move(spkiSha256),
                                    json::object({{"comment", "incident " + incident.name}})}));
        }
        marked += added;
    }
    TRY_VOID(db.run("UPDATE incidents SET marked = marked + ?2 WHERE nr = ?1", {incident.nr, marked}));
    return marked;
}

enum class Why : std::uint8_t { Replaced, Deadline };

Result<int> endEach(Connection& db, const IncidentRow& incident, const std::vector<std::int64_t>& certificates, Why why,
                    Time at) {
    const Ending ending{at, incident.reason, "operator", incident.reason == x509::kKeyCompromise, incident.name};
    int ended = 0;
    for (const std::int64_t certificate : certificates) {
        TRY_VOID(
            db.run("DELETE FROM incident_marks WHERE incident = ?1 AND certificate = ?2", {incident.nr, certificate}));
        TRY(const bool done, endCertificate(db, certificate, ending));
        if (!done) throw std::logic_error("a certificate that was revoked waits in an incident");
        ++ended;
    }
    TRY_VOID(db.run(why == Why::Replaced ? "UPDATE incidents SET replaced = replaced + ?2 WHERE nr = ?1"
                                         : "UPDATE incidents SET ended = ended + ?2 WHERE nr = ?1",
                    {incident.nr, ended}));
    return ended;
}

// The marked certificates whose successor is among those behind `followed`, up to ?3: of the same account, mailbox and
// profile; or of an order that says that it replaces theirs (RFC 9773 section 5).
constexpr std::string_view kReplaced =
    "SELECT w.certificate FROM certificates n JOIN certificate_models nm ON nm.nr = n.model"
    " JOIN orders no ON no.nr = n.order_nr JOIN authorizations na ON na.nr = no.authorization"
    " JOIN exchange_entries e ON e.mailbox = na.mailbox"
    " JOIN incident_marks w ON w.certificate = e.certificate AND w.incident = ?1"
    " JOIN certificates k ON k.nr = w.certificate JOIN certificate_models km ON km.nr = k.model"
    " JOIN orders ko ON ko.nr = k.order_nr"
    " WHERE n.nr > ?2 AND n.nr <= ?3 AND n.revoked_at IS NULL AND ko.account = no.account AND km.profile = nm.profile"
    " UNION SELECT w.certificate FROM certificates n JOIN orders no ON no.nr = n.order_nr"
    " JOIN order_items i ON i.order_nr = no.replaced_order"
    " JOIN incident_marks w ON w.certificate = i.certificate AND w.incident = ?1"
    " WHERE n.nr > ?2 AND n.nr <= ?3 AND n.revoked_at IS NULL";

}  // namespace

Result<void> IncidentBook::open(const ra::NewIncident& incident) {
    const std::string selection = textOf(incident.selection);
    const IncidentState state = incident.selection ? IncidentState::Open : IncidentState::Listing;
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const auto known, find(db, incident.name));
        const bool same = known && known->selection == selection && known->reason == incident.reason;
        if (same && (known->state == IncidentState::Open || known->state == IncidentState::Listing)) return {};
        if (same) {
            return fail(ErrorKind::Malformed,
                        "the incident is " + std::string(nameOf(known->state)) + " already; name a new one otherwise");
        }
        if (known) {
            return fail(
                ErrorKind::Malformed,
                "there is an incident of this name for other certificates or another reason; name it otherwise");
        }
        TRY(const std::int64_t newest, newestCertificate(db));
        TRY_VOID(
            db.run("INSERT INTO incidents (name, selection, reason, explanation_url, rate, opened_at, deadline,"
                   " last, examined, followed, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8, ?10)",
                   {incident.name, selection, incident.reason, incident.explanationUrl, incident.rate,
                    incident.openedAt, incident.deadline, newest, incident.selection ? 0 : newest, codeOf(state)}));
        return recordAct(db, {incident.openedAt, "operator", "incident.opened", incident.name, detailOf(incident)});
    });
}

Result<int> IncidentBook::list(const Listed& listed) {
    ra::CertificateSelection selection;
    selection.serials = listed.serials;
    return m_database.write([&](Connection& db) -> Result<int> {
        TRY(const IncidentRow incident, findKnown(db, listed.name));
        if (incident.state != IncidentState::Listing) {
            return fail(ErrorKind::Malformed, "the incident's list has ended; open another one for more");
        }
        int marked = 0;
        if (!listed.serials.empty()) {
            TRY(const Candidates candidates,
                findCandidates(db, selection, 0, incident.last, static_cast<int>(ra::kMostSerials)));
            TRY(marked, markEach(db, incident, candidates.found, listed.at));
        }
        if (listed.last) {
            TRY_VOID(
                db.run("UPDATE incidents SET state = ?2 WHERE nr = ?1", {incident.nr, codeOf(IncidentState::Open)}));
        }
        return marked;
    });
}

Result<std::vector<ra::Incident>> IncidentBook::all() {
    return m_database.read([](Connection& db) {
        return db.all(
            "SELECT name, selection, reason, explanation_url, rate, opened_at, deadline, state,"
            " examined >= last, followed >= (SELECT coalesce(max(nr), 0) FROM certificates),"
            " marked, replaced, ended, gone, closed_at FROM incidents ORDER BY nr",
            {}, [](const Row& row) {
                return ra::Incident{.name = row.text(0),
                                    .selection = row.text(1),
                                    .reason = row.optionalNumber(2),
                                    .explanationUrl = row.text(3),
                                    .rate = row.number(4),
                                    .openedAt = row.time(5),
                                    .deadline = row.time(6),
                                    .state = static_cast<IncidentState>(row.number(7)),
                                    .examined = row.integer(8) != 0,
                                    .followed = row.integer(9) != 0,
                                    .marked = row.integer(10),
                                    .replaced = row.integer(11),
                                    .ended = row.integer(12),
                                    .gone = row.integer(13),
                                    .closedAt = row.optionalTime(14)};
            });
    });
}

Result<void> IncidentBook::close(const std::string& name, Time at) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const IncidentRow known, findKnown(db, name));
        if (known.state != IncidentState::Open && known.state != IncidentState::Listing) {
            return fail(ErrorKind::Malformed, "the incident is " + std::string(nameOf(known.state)) + " already");
        }
        TRY_VOID(db.run("UPDATE incidents SET state = ?2, closed_at = ?3 WHERE nr = ?1",
                        {known.nr, codeOf(IncidentState::Closed), at}));
        TRY_VOID(db.run("DELETE FROM incident_marks WHERE incident = ?1", {known.nr}));
        return recordAct(db, {at, "operator", "incident.closed", name});
    });
}

Result<std::optional<ra::ReplacementCall>> IncidentBook::callFor(const std::string& issuer, const Serial& serial) {
    return m_database.read([&](Connection& db) {
        return db.first(
            "SELECT d.opened_at, d.explanation_url FROM certificates n"
            " CROSS JOIN order_items i ON i.order_nr = n.order_nr"
            " CROSS JOIN incident_marks w ON w.certificate = i.certificate"
            " CROSS JOIN incidents d ON d.nr = w.incident WHERE n.serial = ?1 AND n.issuer = ?2"
            " ORDER BY d.opened_at, d.nr",
            {serial, issuer}, [](const Row& row) {
                return ra::ReplacementCall{row.time(0), row.text(1)};
            });
    });
}

Result<IncidentStep> IncidentBook::mark(const std::string& name, Time at) {
    return m_database.write([&](Connection& db) -> Result<IncidentStep> {
        TRY(const auto incident, findOpen(db, name));
        if (!incident || incident->examined >= incident->last) return IncidentStep{};
        const json::Value text = sqlite::loaded(json::parse(incident->selection));
        const auto selection = sqlite::loaded(ra::CertificateSelection::fromJson(text));
        TRY(const Candidates candidates,
            findCandidates(db, selection, incident->examined, incident->last, ra::kMostAtOnce));
        TRY_VOID(markEach(db, *incident, candidates.found, at));
        TRY_VOID(db.run("UPDATE incidents SET examined = ?2 WHERE nr = ?1", {incident->nr, candidates.examined}));
        return IncidentStep{.revoked = 0, .more = true};
    });
}

Result<IncidentStep> IncidentBook::revokeReplaced(const std::string& name, Time at) {
    return m_database.write([&](Connection& db) -> Result<IncidentStep> {
        TRY(const auto incident, findOpen(db, name));
        TRY(const std::int64_t newest, newestCertificate(db));
        // While certificates are still being marked, a successor could be passed before its predecessor has its mark.
        if (!incident || incident->followed >= newest || incident->examined < incident->last) return IncidentStep{};
        const std::int64_t end = std::min(newest, incident->followed + kMostFollowed);
        TRY(const auto replaced,
            db.all(kReplaced, {incident->nr, incident->followed, end}, [](const Row& row) { return row.integer(0); }));
        TRY(const int revoked, endEach(db, *incident, replaced, Why::Replaced, at));
        TRY_VOID(db.run("UPDATE incidents SET followed = ?2 WHERE nr = ?1", {incident->nr, end}));
        return IncidentStep{.revoked = revoked, .more = true};
    });
}

Result<IncidentStep> IncidentBook::revokeWaiting(const std::string& name, Time at, int atMost) {
    return m_database.write([&](Connection& db) -> Result<IncidentStep> {
        TRY(const auto incident, findOpen(db, name));
        if (!incident) return IncidentStep{};
        TRY(const auto waiting,
            db.all("SELECT certificate FROM incident_marks WHERE incident = ?1 ORDER BY certificate LIMIT ?2",
                   {incident->nr, atMost}, [](const Row& row) { return row.integer(0); }));
        TRY(const int revoked, endEach(db, *incident, waiting, Why::Deadline, at));
        return IncidentStep{.revoked = revoked, .more = revoked > 0};
    });
}

Result<void> IncidentBook::finish(const std::string& name, Time at) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const auto incident, findOpen(db, name));
        if (!incident || incident->examined < incident->last) return {};
        TRY(const bool waits, db.any("SELECT 1 FROM incident_marks WHERE incident = ?1", {incident->nr}));
        if (waits) return {};
        TRY_VOID(db.run("UPDATE incidents SET state = ?2, closed_at = ?3 WHERE nr = ?1",
                        {incident->nr, codeOf(IncidentState::Done), at}));
        return recordAct(db, {at, "mailcad", "incident.done", name});
    });
}

}  // namespace mailca::store
