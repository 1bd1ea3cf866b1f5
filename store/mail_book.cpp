#include "store/mail_book.h"

#include "store/mail_budget.h"
#include "store/rows.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

// How long a send may be under way before the mail counts as lost with a crash. It must outlast the slowest send, which
// may wait for a free session and then takes at most mail::ServerOptions::timeout (30 s, mail/connection.h): a shorter
// lease would give a mail that is still being sent to a second worker.
constexpr seconds kSendLease{120};

constexpr std::string_view kNotWaiting = "the mail was delivered, or its challenge has ended";

// Each outcome names what it expects: a mail that was not delivered, of a challenge that still waits for its proof.
// Once delivered, ended or proven there is no next send, which takes the mail out of the index of what is due.
struct OutcomeWriter {
    Connection& db;
    const ra::MailOutcome& outcome;

    Result<void> operator()(const ra::MailDelivered&) const {
        return expectOne(
            db.run("UPDATE challenges SET mail_delivered_at = ?2, mail_due_at = NULL"
                   " WHERE id = ?1 AND mail_attempts > 0 AND mail_delivered_at IS NULL AND ended_at IS NULL"
                   " AND proven_at IS NULL",
                   {outcome.challenge, outcome.at}),
            kNotWaiting);
    }
    Result<void> operator()(const ra::MailDeferred& deferred) const {
        TRY_VOID(expectOne(db.run("UPDATE challenges SET mail_due_at = ?2"
                                  " WHERE id = ?1 AND mail_released_at IS NOT NULL AND mail_delivered_at IS NULL"
                                  " AND ended_at IS NULL AND proven_at IS NULL",
                                  {outcome.challenge, deferred.retryAt}),
                           kNotWaiting));
        return recordDelay(db, outcome.challenge, {outcome.at, deferred.retryAt, deferred.why});
    }
    Result<void> operator()(const ra::MailRefused& refused) const {
        return expectOne(
            db.run("UPDATE challenges SET ended_at = ?2, error_kind = ?3, error_detail = ?4, mail_due_at = NULL"
                   " WHERE id = ?1 AND mail_released_at IS NOT NULL AND mail_delivered_at IS NULL"
                   " AND ended_at IS NULL AND proven_at IS NULL",
                   {outcome.challenge, outcome.at, kindText(refused.error), refused.error.detail}),
            kNotWaiting);
    }
};

}  // namespace

Result<std::vector<ra::DueMail>> MailBook::waiting(Time now, int limit) {
    return m_database.read([&](Connection& db) {
        return db.all(
            "SELECT c.id, a.identifier_type, coalesce(a.identifier_value, b.address), b.address, f.address,"
            " c.token_part2, c.thumbprint, a.expires, c.mail_attempts, c.mail_due_at"
            " FROM challenges c JOIN authorizations a ON a.nr = c.nr JOIN mailboxes b ON b.nr = a.mailbox"
            " JOIN mailboxes f ON f.nr = c.sender"
            " WHERE c.mail_due_at IS NOT NULL AND a.expires > ?1 AND a.deactivated_at IS NULL"
            " ORDER BY c.mail_due_at, c.nr LIMIT ?2",
            {now, limit}, [](const Row& row) {
                return ra::DueMail{
                    .challenge = row.id<ChallengeId>(0),
                    .identifier = {static_cast<ra::IdentifierType>(row.number(1)), row.text(2), row.mailbox(3)},
                    .from = row.mailbox(4),
                    .tokenPart2 = base64UrlOf(row, 5),
                    .thumbprint = base64UrlOf(row, 6),
                    .expires = row.time(7),
                    .attempts = row.number(8),
                    .dueAt = row.time(9)};
            });
    });
}

Result<void> MailBook::recordSend(const ra::MailSend& send) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(expectOne(db.run("UPDATE challenges SET mail_attempts = mail_attempts + 1, mail_due_at = ?3"
                                  " WHERE id = ?1 AND mail_due_at <= ?2 AND EXISTS (SELECT 1 FROM authorizations a"
                                  " WHERE a.nr = challenges.nr AND a.expires > ?2 AND a.deactivated_at IS NULL)",
                                  {send.challenge, send.at, send.at + kSendLease}),
                           "the mail is not due"));
        TRY_VOID(db.run(
            "INSERT INTO challenge_mails (challenge, part1_sha256, digest, message_id, envelope_sender, sent_at)"
            " SELECT nr, ?2, ?3, ?4, ?5, ?6 FROM challenges WHERE id = ?1",
            {send.challenge, send.part1Sha256, octetsOf(send.digest), send.messageId, send.envelopeSender, send.at}));
        return {};
    });
}

Result<void> MailBook::recordOutcome(const ra::MailOutcome& outcome) {
    return m_database.write([&](Connection& db) { return std::visit(OutcomeWriter{db, outcome}, outcome.outcome); });
}

// A database has one daemon at a time (FileLock): nobody else can have a mail in hand. What expired with a mail still
// waiting leaves the index of what is due.
Result<int> MailBook::reclaim(Time now) {
    return m_database.write([&](Connection& db) -> Result<int> {
        TRY_VOID(
            db.run("UPDATE challenges SET mail_due_at = NULL WHERE mail_due_at IS NOT NULL AND EXISTS"
                   " (SELECT 1 FROM authorizations a WHERE a.nr = challenges.nr AND a.expires <= ?1)",
                   {now}));
        return db.run(
            "UPDATE challenges SET mail_due_at = ?1 WHERE mail_due_at > ?1 AND mail_due_at <= ?2"
            " AND mail_attempts > 0",
            {now, now + kSendLease});
    });
}

}  // namespace mailca::store
