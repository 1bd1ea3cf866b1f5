#include "store/reply_book.h"

#include <algorithm>

#include "core/crypto/hash.h"
#include "enroll/ra/envelope_sender.h"
#include "store/rows.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

constexpr seconds kReplyWindow{24h};     // A17
constexpr int kWrongRepliesAtMost = 10;  // A20: the tenth ends the challenge

// A challenge that a reply can still change at "?2": neither proven nor ended, its authorization neither expired nor
// given up.
constexpr std::string_view kStillOpen =
    " WHERE id = ?1 AND proven_at IS NULL AND ended_at IS NULL AND EXISTS (SELECT 1 FROM authorizations a"
    " WHERE a.nr = challenges.nr AND a.expires > ?2 AND a.deactivated_at IS NULL)";

// Applies a verdict; how many challenges it changed, 0 or 1.
struct VerdictWriter {
    Connection& db;
    Time at;

    Result<int> operator()(const ra::Proves& proves) const {
        static const std::string kProve =
            std::string("UPDATE challenges SET proven_at = ?2, method = ?3, mail_due_at = NULL").append(kStillOpen);
        return db.run(kProve, {proves.challenge, at, static_cast<int>(proves.method)});
    }
    Result<int> operator()(const ra::WrongDigest& wrong) const {
        static const std::string kCount =
            std::string("UPDATE challenges SET wrong_replies = wrong_replies + 1").append(kStillOpen);
        TRY(const int counted, db.run(kCount, {wrong.challenge, at}));
        const Error error = fail(ErrorKind::IncorrectResponse, "ten replies held a wrong digest: order again");
        TRY_VOID(
            db.run("UPDATE challenges SET ended_at = ?2, error_kind = ?3, error_detail = ?4, mail_due_at = NULL"
                   " WHERE id = ?1 AND wrong_replies >= ?5 AND proven_at IS NULL AND ended_at IS NULL",
                   {wrong.challenge, at, kindText(error), error.detail, kWrongRepliesAtMost}));
        return counted;
    }
    Result<int> operator()(const ra::Unverifiable& left) const { return end(left.challenge, left.error); }
    Result<int> operator()(const ra::Undeliverable& back) const { return end(back.challenge, back.error); }
    Result<int> end(const ChallengeId& challenge, const Error& error) const {
        static const std::string kEnd =
            std::string("UPDATE challenges SET ended_at = ?2, error_kind = ?3, error_detail = ?4, mail_due_at = NULL")
                .append(kStillOpen);
        return db.run(kEnd, {challenge, at, kindText(error), error.detail});
    }
    Result<int> operator()(const ra::ProvesNothing&) const { return 0; }
};

std::optional<ChallengeId> challengeOf(const ra::JudgedReply& reply) {
    if (const auto* proves = std::get_if<ra::Proves>(&reply.verdict)) return proves->challenge;
    if (const auto* wrong = std::get_if<ra::WrongDigest>(&reply.verdict)) return wrong->challenge;
    if (const auto* left = std::get_if<ra::Unverifiable>(&reply.verdict)) return left->challenge;
    if (const auto* back = std::get_if<ra::Undeliverable>(&reply.verdict)) return back->challenge;
    return std::get<ra::ProvesNothing>(reply.verdict).challenge;
}

Result<std::optional<std::int64_t>> challengeRow(Connection& db, const std::optional<ChallengeId>& id) {
    if (!id) return std::optional<std::int64_t>();
    TRY(const auto nr,
        db.first("SELECT nr FROM challenges WHERE id = ?1", {*id}, [](const Row& row) { return row.integer(0); }));
    if (!nr) return fail(ErrorKind::NotFound, "there is no such challenge");
    return nr;
}

// The row of what was found out about the reply, which other replies may have in common with it.
Result<std::int64_t> findingOf(Connection& db, const ra::JudgedReply& reply) {
    const Bytes sha256 = crypto::sha256(asBytes(reply.reason + '\0' + reply.evidence));
    TRY_VOID(
        db.run("INSERT INTO findings (sha256, reason, evidence) VALUES (?1, ?2, ?3) ON CONFLICT (sha256) DO NOTHING",
               {sha256, reply.reason, reply.evidence}));
    TRY(const auto nr,
        db.first("SELECT nr FROM findings WHERE sha256 = ?1", {sha256}, [](const Row& row) { return row.integer(0); }));
    return nr.value();
}

}  // namespace

Result<std::optional<ra::AwaitedReply>> ReplyBook::findByPart1(const Bytes& part1Sha256) {
    return m_database.read([&](Connection& db) {
        return db.first(
            "SELECT c.id, a.identifier_type, coalesce(a.identifier_value, b.address), b.address, f.address, m.digest, "
            "m.message_id,"
            " m.sent_at, a.expires, c.proven_at IS NULL AND c.ended_at IS NULL AND a.deactivated_at IS NULL,"
            " c.wrong_replies, c.token_part2, CASE WHEN s.thumbprint <> c.thumbprint THEN s.thumbprint ELSE x'' END"
            " FROM challenge_mails m JOIN challenges c ON c.nr = m.challenge"
            " JOIN authorizations a ON a.nr = c.nr JOIN accounts s ON s.nr = a.account JOIN mailboxes b ON b.nr = "
            "a.mailbox"
            " JOIN mailboxes f ON f.nr = c.sender WHERE substr(m.part1_sha256, 1, 8) = substr(?1, 1, 8)"
            " AND m.part1_sha256 = ?1",
            {part1Sha256}, [](const Row& row) {
                return ra::AwaitedReply{
                    .challenge = row.id<ChallengeId>(0),
                    .identifier = {static_cast<ra::IdentifierType>(row.number(1)), row.text(2), row.mailbox(3)},
                    .from = row.mailbox(4),
                    .digest = base64UrlOf(row, 5),
                    .messageId = row.text(6),
                    .sentAt = row.time(7),
                    .expires = std::min(row.time(7) + kReplyWindow, row.time(8)),
                    .open = row.integer(9) != 0,
                    .wrongReplies = row.number(10),
                    .tokenPart2 = base64UrlOf(row, 11),
                    .newThumbprint = base64UrlOf(row, 12)};
            });
    });
}

Result<std::optional<ChallengeId>> ReplyBook::findByEnvelopeSender(const EmailAddress& address) {
    using Found = std::optional<ChallengeId>;
    const auto row = ra::rowOfEnvelopeSender(address);
    if (!row) return Found();
    return m_database.read([&](Connection& db) -> Result<Found> {
        TRY(const auto sent,
            db.all("SELECT m.envelope_sender, c.id FROM challenge_mails m JOIN challenges c ON c.nr = m.challenge"
                   " WHERE substr(m.part1_sha256, 1, 8) = ?1",
                   {*row}, [](const Row& one) { return std::pair(one.text(0), one.id<ChallengeId>(1)); }));
        for (const auto& [sender, challenge] : sent) {
            if (equalConstantTime(asBytes(sender), asBytes(address.text()))) return Found(challenge);
        }
        return Found();
    });
}

Result<void> ReplyBook::record(const ra::JudgedReply& reply) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY(const bool known, db.any("SELECT 1 FROM judged_replies WHERE substr(raw_sha256, 1, 8) = substr(?1, 1, 8)"
                                     " AND raw_sha256 = ?1",
                                     {reply.rawSha256}));
        if (known) return {};
        TRY(const auto challenge, challengeRow(db, challengeOf(reply)));
        TRY(const int applied, std::visit(VerdictWriter{db, reply.at}, reply.verdict));
        TRY(const std::int64_t finding, findingOf(db, reply));
        TRY_VOID(
            db.run("INSERT INTO judged_replies (raw_sha256, source, at, challenge, verdict, applied, finding)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                   {reply.rawSha256, reply.source, reply.at, challenge, reply.verdict.index(), applied, finding}));
        return {};
    });
}

}  // namespace mailca::store
