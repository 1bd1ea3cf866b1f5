#include "store/mail_budget.h"

#include <algorithm>
#include <tuple>

#include "store/rows.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

constexpr seconds kMonth{24h * 30};
constexpr seconds kLongestLife{24h};  // of an authorization (A17): older ones have no mail that waits

// That the account of `a` proved the mailbox of `a`, at any time.
constexpr std::string_view kProvedBefore =
    "EXISTS (SELECT 1 FROM authorizations p JOIN challenges q ON q.nr = p.nr WHERE p.mailbox = a.mailbox"
    " AND p.account = a.account AND q.posted_at IS NOT NULL AND q.proven_at IS NOT NULL)";

// The mails that left or will leave are what counts: at most `mails` of them in any `per`. A mail that waits has its
// time already, so that each new one gets the one behind it.
Result<Time> strangersNext(Connection& db, std::int64_t mailbox, const ra::StrangerBudget& budget, Time now) {
    static const std::string kTimes =
        "SELECT coalesce(c.mail_delivered_at, c.mail_due_at) AS t FROM authorizations a"
        " JOIN challenges c ON c.nr = a.nr WHERE a.mailbox = ?1 AND a.created_at >= ?2 AND t IS NOT NULL AND NOT " +
        std::string(kProvedBefore) + " ORDER BY t DESC LIMIT 1 OFFSET ?3";
    TRY(const auto filling,
        db.first(kTimes, {mailbox, now - kLongestLife, budget.mails - 1}, [](const Row& row) { return row.time(0); }));
    return filling ? *filling + budget.per : now;
}

// Of one account for one mailbox: the orders since it last proved it, and those whose mail was refused or came back.
Result<void> countUnanswered(Connection& db, std::int64_t mailbox, std::int64_t account, Time since,
                             ra::MailCounts& counts) {
    static const std::string kUndeliverable(kindText(fail(ErrorKind::Connection, "")));
    const auto timeOr = [](const Row& row, int column) { return row.isNull(column) ? Time{} : row.time(column); };
    return db.forEach(
        "SELECT count(*), max(b.created_at), count(c.ended_at), max(c.ended_at) FROM authorizations b"
        " LEFT JOIN challenges c ON c.nr = b.nr AND c.error_kind = ?4 WHERE b.mailbox = ?1 AND b.account = ?2"
        " AND b.created_at >= ?3 AND b.nr > coalesce((SELECT max(a.nr) FROM authorizations a"
        " JOIN challenges p ON p.nr = a.nr WHERE a.mailbox = ?1 AND a.account = ?2"
        " AND p.posted_at IS NOT NULL AND p.proven_at IS NOT NULL), 0)",
        {mailbox, account, since, kUndeliverable}, [&](const Row& row) {
            counts.unanswered = row.number(0);
            counts.lastOrder = timeOr(row, 1);
            counts.undeliverable = row.number(2);
            counts.lastUndeliverable = timeOr(row, 3);
        });
}

struct Asked {
    std::int64_t mailbox;
    bool provedBefore;
};

std::string limitText(const ra::StrangerBudget& budget) {
    return "accounts that never proved this mailbox get " + std::to_string(budget.mails) + " mails for it in " +
           std::to_string(budget.per / 1min) + " minutes, all together";
}

// Ends a challenge whose mail would leave too late: its client is told so, and may order again.
Result<void> refuse(Connection& db, const ra::MailRelease& release) {
    const Error error = fail(ErrorKind::RateLimited,
                             "too many accounts that never proved this mailbox ask for it: order again in an hour");
    TRY_VOID(
        db.run("UPDATE challenges SET mail_released_at = ?2, ended_at = ?2, error_kind = ?3, error_detail = ?4"
               " WHERE id = ?1 AND mail_released_at IS NULL AND ended_at IS NULL AND proven_at IS NULL",
               {release.challenge, release.releasedAt, kindText(error), error.detail}));
    return {};
}

}  // namespace

Result<ra::MailCounts> countMails(Connection& db, const ra::MailCountQuery& query) {
    ra::MailCounts counts{.strangersNext = query.now};
    TRY(const auto mailbox, db.first("SELECT nr FROM mailboxes WHERE address = ?1", {query.mailbox.text()},
                                     [](const Row& row) { return row.integer(0); }));
    TRY(const auto account, db.first("SELECT nr FROM accounts WHERE id = ?1", {query.account},
                                     [](const Row& row) { return row.integer(0); }));
    if (!mailbox || !account) return counts;
    TRY(const auto lately,
        db.first("SELECT count(*), min(created_at) FROM authorizations WHERE mailbox = ?1 AND account = ?2"
                 " AND created_at > ?3",
                 {*mailbox, *account, query.now - 1h},
                 [](const Row& row) { return std::pair(row.number(0), row.isNull(1) ? Time{} : row.time(1)); }));
    std::tie(counts.mailboxAndAccount, counts.oldest) = lately.value();
    TRY_VOID(countUnanswered(db, *mailbox, *account, query.now - kMonth, counts));
    TRY(counts.validatedBefore,
        db.any("SELECT 1 FROM authorizations a JOIN challenges c ON c.nr = a.nr WHERE a.mailbox = ?1 AND a.account = ?2"
               " AND c.posted_at IS NOT NULL AND c.proven_at IS NOT NULL",
               {*mailbox, *account}));
    TRY(counts.strangersNext, strangersNext(db, *mailbox, query.strangers, query.now));
    return counts;
}

// A14: the first fetch of the authorization releases the mail. Of two first fetches at once both may come here: the
// earlier one wins, the other changes nothing.
Result<void> releaseMail(Connection& db, const ra::MailRelease& release) {
    static const std::string kAsked = "SELECT a.mailbox, " + std::string(kProvedBefore) +
                                      " FROM authorizations a JOIN challenges c ON c.nr = a.nr WHERE c.id = ?1";
    TRY(const auto asked, db.first(kAsked, {release.challenge}, [](const Row& row) {
        return Asked{row.integer(0), row.integer(1) != 0};
    }));
    if (!asked) return fail(ErrorKind::NotFound, "there is no such challenge");
    Time due = release.dueAt;
    if (!asked->provedBefore) {
        TRY(const Time turn, strangersNext(db, asked->mailbox, release.strangers, release.releasedAt));
        if (turn > release.dueAt + release.strangers.longestWait) return refuse(db, release);
        due = std::max(due, turn);
    }
    TRY(const int released,
        db.run("UPDATE challenges SET mail_released_at = ?2, mail_due_at = ?3"
               " WHERE id = ?1 AND mail_released_at IS NULL AND ended_at IS NULL AND proven_at IS NULL",
               {release.challenge, release.releasedAt, due}));
    if (released == 0 || due == release.dueAt) return {};
    return recordDelay(db, release.challenge, {release.releasedAt, due, limitText(release.strangers)});
}

Result<void> recordDelay(Connection& db, const ChallengeId& challenge, const MailDelay& delay) {
    TRY_VOID(db.run(
        "INSERT INTO mail_delays (challenge, at, due_at, why) SELECT nr, ?2, ?3, ?4 FROM challenges WHERE id = ?1",
        {challenge, delay.at, delay.dueAt, delay.why}));
    return {};
}

}  // namespace mailca::store
