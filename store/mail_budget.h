// How much challenge mail a mailbox gets, counted by the rows of authorizations and challenges (A22;
// docs/decisions/limits.md).
#pragma once

#include "enroll/ra/ports.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

Result<ra::MailCounts> countMails(sqlite::Connection& db, const ra::MailCountQuery& query);
// As OrderBook::releaseMail has it.
Result<void> releaseMail(sqlite::Connection& db, const ra::MailRelease& release);

// A limit that a challenge mail met, or a try that failed for now: for whoever asks what its order waited for.
struct MailDelay {
    Time at;
    Time dueAt;  // when it may leave, or is tried again
    std::string why;
};
Result<void> recordDelay(sqlite::Connection& db, const ChallengeId& challenge, const MailDelay& delay);

}  // namespace mailca::store
