#include "store/selection.h"

#include <algorithm>
#include <limits>

#include "core/x509/certificate.h"
#include "store/packing.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

// Rows looked at in one piece, where no index finds those that are meant. A key is not a column: the certificate has to
// be unpacked for it, which takes ten times as long.
constexpr std::int64_t kWindow = 20'000, kWindowForKeys = 2'000;

constexpr std::string_view kSelect =
    "SELECT k.nr, k.serial, k.issuer, m.profile, b.address, o.state_at, k.not_after, k.revoked_at, k.reason,"
    " k.packed_der, m.der FROM certificates k JOIN certificate_models m ON m.nr = k.model"
    " JOIN orders o ON o.nr = k.order_nr JOIN authorizations a ON a.nr = o.authorization"
    " JOIN mailboxes b ON b.nr = a.mailbox"
    " WHERE k.nr > ?1 AND k.nr <= ?2 AND (?3 IS NULL OR k.issuer = ?3) AND (?4 IS NULL OR m.profile = ?4)"
    " AND (?5 IS NULL OR o.state_at >= ?5) AND (?6 IS NULL OR o.state_at < ?6) AND ";
// How the rows are found: by an index where there is one. The first has no use for ?7 and ?8, but all are bound alike.
constexpr std::string_view kByRow = "?7 IS NULL AND ?8 IS NULL";
constexpr std::string_view kByMailbox =
    "?7 = b.address AND ?8 IS NULL AND k.nr IN (SELECT e.certificate FROM exchange_entries e"
    " JOIN mailboxes x ON x.nr = e.mailbox WHERE x.address = ?7)";
constexpr std::string_view kBySerial = "(?7 IS NULL OR ?7 = b.address) AND k.serial = ?8";
constexpr std::string_view kOrder = " ORDER BY k.nr LIMIT ?9";

ra::CertificateState stateOf(const Row& row, int revokedAt) {
    if (row.isNull(revokedAt)) return ra::Live{};
    return ra::Revoked{row.time(revokedAt), row.optionalNumber(revokedAt + 1)};
}

bool hasKey(const Bytes& der, const Bytes& spkiSha256) {
    return sqlite::loaded(x509::spkiSha256Of(der)) == spkiSha256;
}

struct Range {
    std::int64_t after, last;
    int atMost;
};

Result<std::vector<Candidate>> query(Connection& db, std::string_view where, const ra::CertificateSelection& selection,
                                     const std::optional<Serial>& serial, const Range& range) {
    const std::string sql = std::string(kSelect).append(where).append(kOrder);
    const std::optional<std::string> mailbox =
        selection.mailbox ? std::optional(selection.mailbox->text()) : std::nullopt;
    TRY(auto rows,
        db.all(sql,
               {range.after, range.last, selection.issuer, selection.profile, selection.issuedFrom,
                selection.issuedBefore, mailbox, serial, range.atMost},
               [&](const Row& row) -> std::optional<Candidate> {
                   if (selection.spkiSha256 && !hasKey(unpack(row.view(9), row.view(10)), *selection.spkiSha256)) {
                       return std::nullopt;
                   }
                   return Candidate{row.integer(0),
                                    {row.serial(1), row.text(2), row.text(3), row.mailbox(4), row.time(5), row.time(6),
                                     stateOf(row, 7)}};
               }));
    std::vector<Candidate> found;
    for (auto& row : rows) {
        if (row) found.push_back(std::move(*row));
    }
    return found;
}

Result<std::vector<Candidate>> bySerials(Connection& db, const ra::CertificateSelection& selection,
                                         const Range& range) {
    std::vector<Candidate> found;
    for (const Serial& serial : selection.serials) {
        TRY(auto some, query(db, kBySerial, selection, serial, range));
        std::ranges::move(some, std::back_inserter(found));
    }
    std::ranges::sort(found, {}, &Candidate::nr);
    const auto again = std::ranges::unique(found, {}, &Candidate::nr);  // a serial named twice
    found.erase(again.begin(), again.end());
    return found;
}

Result<Candidates> within(Connection& db, const ra::CertificateSelection& selection, std::int64_t after,
                          std::int64_t last, int atMost) {
    constexpr int kAll = std::numeric_limits<int>::max();
    if (!selection.serials.empty()) {
        TRY(auto found, bySerials(db, selection, {after, last, kAll}));
        return Candidates{std::move(found), last};
    }
    if (selection.mailbox) {
        TRY(auto found, query(db, kByMailbox, selection, {}, {after, last, kAll}));
        return Candidates{std::move(found), last};
    }
    const bool forKeys = selection.spkiSha256.has_value();
    const std::int64_t window = forKeys ? kWindowForKeys : kWindow;
    const std::int64_t end = after >= last - window ? last : after + window;
    TRY(auto found, query(db, kByRow, selection, {}, {after, end, forKeys ? kAll : atMost}));
    return Candidates{std::move(found), end};
}

}  // namespace

Result<Candidates> findCandidates(Connection& db, const ra::CertificateSelection& selection, std::int64_t after,
                                  std::int64_t last, int atMost) {
    TRY(Candidates candidates, within(db, selection, after, last, atMost));
    if (candidates.found.size() >= static_cast<std::size_t>(atMost)) {
        candidates.found.erase(candidates.found.begin() + atMost, candidates.found.end());
        candidates.examined = candidates.found.back().nr;
    }
    return candidates;
}

Result<std::int64_t> newestCertificate(Connection& db) {
    TRY(const auto newest,
        db.first("SELECT coalesce(max(nr), 0) FROM certificates", {}, [](const Row& row) { return row.integer(0); }));
    return newest.value_or(0);
}

Result<std::vector<ra::SelectedCertificate>> findServiceCertificates(Connection& db,
                                                                     const ra::CertificateSelection& selection) {
    std::vector<ra::SelectedCertificate> found;
    const bool byName = !selection.serials.empty() || selection.spkiSha256;
    if (!byName || selection.mailbox || selection.profile) return found;
    TRY(auto rows, db.all("SELECT issuer, der, recorded_at, revoked_at, reason FROM service_certificates"
                          " WHERE der IS NOT NULL AND (?1 IS NULL OR issuer = ?1)"
                          " AND (?2 IS NULL OR recorded_at >= ?2) AND (?3 IS NULL OR recorded_at < ?3) ORDER BY nr",
                          {selection.issuer, selection.issuedFrom, selection.issuedBefore}, [](const Row& row) {
                              const auto certificate = sqlite::loaded(x509::Certificate::fromDer(row.bytes(1)));
                              return std::pair(
                                  ra::SelectedCertificate{certificate.serial(), row.text(0), "", std::nullopt,
                                                          row.time(2), certificate.notAfter(), stateOf(row, 3)},
                                  certificate.publicKey().spkiSha256());
                          }));
    for (auto& [certificate, spkiSha256] : rows) {
        const bool named = selection.serials.empty() || std::ranges::count(selection.serials, certificate.serial) != 0;
        if (named && (!selection.spkiSha256 || *selection.spkiSha256 == spkiSha256)) {
            found.push_back(std::move(certificate));
        }
    }
    return found;
}

}  // namespace mailca::store
