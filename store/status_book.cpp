#include "store/status_book.h"

namespace mailca::store {

using ca::ocsp::Status;
using sqlite::Connection;
using sqlite::Row;

// A serial stands in one of the three tables at most.
Result<Status> StatusBook::status(const std::string& issuer, const Serial& serial) {
    return m_database.read([&](Connection& db) -> Result<Status> {
        TRY(const auto found, db.first("SELECT revoked_at, reason FROM certificates WHERE serial = ?1 AND issuer = ?2"
                                       " UNION ALL SELECT revoked_at, reason FROM intents"
                                       "  WHERE serial = ?1 AND issuer = ?2 AND revoked_at IS NOT NULL"
                                       " UNION ALL SELECT revoked_at, reason FROM service_certificates"
                                       "  WHERE serial = ?1 AND issuer = ?2 AND der IS NOT NULL",
                                       {serial, issuer}, [](const Row& row) -> Status {
                                           const auto at = row.optionalTime(0);
                                           if (!at) return ca::ocsp::Good{};
                                           return ca::ocsp::Revoked{*at, row.optionalNumber(1)};
                                       }));
        return found.value_or(ca::ocsp::Unknown{});
    });
}

}  // namespace mailca::store
