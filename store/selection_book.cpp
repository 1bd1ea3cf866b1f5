#include "store/selection_book.h"

#include <algorithm>

#include "store/revoking.h"
#include "store/selection.h"

namespace mailca::store {

using sqlite::Connection;
using sqlite::Row;

Result<ra::SelectionPage> SelectionBook::select(const ra::CertificateSelection& selection, std::int64_t from,
                                                int atMost) {
    return m_database.read([&](Connection& db) -> Result<ra::SelectionPage> {
        ra::SelectionPage page;
        TRY(const std::int64_t newest, newestCertificate(db));
        TRY(Candidates candidates, findCandidates(db, selection, from, newest, atMost));
        for (Candidate& candidate : candidates.found) page.certificates.push_back(std::move(candidate.certificate));
        if (candidates.examined < newest) {
            page.next = candidates.examined;
            return page;
        }
        TRY(auto ofService, findServiceCertificates(db, selection));
        std::ranges::move(ofService, std::back_inserter(page.certificates));
        return page;
    });
}

Result<int> SelectionBook::revoke(const ra::SetRevocation& revocation) {
    const Ending ending{revocation.at, revocation.reason, "operator", revocation.blockKeys};
    return m_database.write([&](Connection& db) -> Result<int> {
        int revoked = 0;
        for (const ra::SelectedCertificate& certificate : revocation.certificates) {
            if (certificate.isOfService()) {
                TRY(const bool done,
                    endServiceCertificate(db, certificate.issuer, certificate.serial, ending, m_shardOf));
                revoked += done ? 1 : 0;
                continue;
            }
            TRY(const auto nr,
                db.first("SELECT nr FROM certificates WHERE serial = ?1 AND issuer = ?2",
                         {certificate.serial, certificate.issuer}, [](const Row& row) { return row.integer(0); }));
            if (!nr) return fail(ErrorKind::NotFound, "there is no such certificate");
            TRY(const bool done, endCertificate(db, *nr, ending));
            revoked += done ? 1 : 0;
        }
        return revoked;
    });
}

}  // namespace mailca::store
