#include "store/replay.h"

#include <array>

#include "ca/authority_file.h"
#include "enroll/ra/incident_port.h"
#include "store/revoking.h"
#include "store/rows.h"

namespace mailca::store {
namespace {

using ca::audit::Row;
constexpr std::int64_t kMostCrls = std::int64_t{1} << 48;  // more than could be signed
using sqlite::Connection;

struct Context {
    Connection& db;
    const Row& row;
    const json::Value detail;
    const ReplayAim& aim;
};

Error unknown(const Row& row) {
    return fail(ErrorKind::Config, "row " + std::to_string(row.nr) + ", " + row.act +
                                       ": its detail is not what this release writes; restore with the newer one");
}

struct Certificate {
    std::string issuer;
    Serial serial;
};
Result<Certificate> certificateOf(const Row& row, const json::Value& value) {
    const auto issuer = value.string("issuer");
    const auto serial = Serial::fromHex(value.string("serial").value_or(""));
    if (!issuer || !serial) return unknown(row);
    return Certificate{*issuer, *serial};
}

struct End {
    Time at;
    std::optional<int> reason;
};

// The serial stands as used and revoked from now on, unless its certificate is there. An intent of it has come to
// nothing.
Result<int> revokeUnknown(const Context& context, const Certificate& certificate, const End& end) {
    Connection& db = context.db;
    const auto& [issuer, serial] = certificate;
    TRY_VOID(
        db.run("DELETE FROM service_certificates WHERE serial = ?1 AND issuer = ?2 AND der IS NULL", {serial, issuer}));
    TRY(const bool known, db.any("SELECT 1 FROM certificates WHERE serial = ?1 AND issuer = ?2"
                                 " UNION ALL SELECT 1 FROM service_certificates WHERE serial = ?1 AND issuer = ?2"
                                 " UNION ALL SELECT 1 FROM intents WHERE serial = ?1 AND issuer = ?2"
                                 "  AND revoked_at IS NOT NULL",
                                 {serial, issuer}));
    if (known) return 0;
    const int shard = context.aim.shardOf(issuer, serial);
    const Bytes none;
    TRY_VOID(
        db.run("INSERT INTO intents (profile, issuer, serial, shard, tbs_sha256, spki_sha256, recorded_at,"
               " revoked_at, reason) VALUES ('', ?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7)"
               " ON CONFLICT (serial, issuer) DO UPDATE SET revoked_at = ?6, reason = ?7",
               {issuer, serial, shard, none, context.row.at, end.at, end.reason}));
    TRY_VOID(markShard(db, issuer, shard));
    return 1;
}

// An order of the backup whose end is lost is not worked on again: its certificates went out already.
Result<void> failOrder(const Context& context) {
    const auto order = OrderId::parse(context.row.subject);
    if (!order) return unknown(context.row);
    const Error error = fail(ErrorKind::ServerInternal, "the server's database was restored; order again");
    TRY_VOID(context.db.run("DELETE FROM requests WHERE order_nr = (SELECT nr FROM orders WHERE id = ?1)", {*order}));
    TRY_VOID(
        context.db.run("UPDATE orders SET state = ?2, state_at = ?3, error_kind = ?4, error_detail = ?5"
                       " WHERE id = ?1 AND state IN (?6, ?7)",
                       {*order, codeOf(OrderCode::Failed), context.aim.at, kindText(error), error.detail,
                        codeOf(OrderCode::Open), codeOf(OrderCode::InProgress)}));
    return {};
}

Result<int> revokeListed(const Context& context, std::string_view list) {
    TRY_VOID(failOrder(context));
    const json::Array* listed = context.detail.array(list);
    if (listed == nullptr) return unknown(context.row);
    int revoked = 0;
    for (const json::Value& one : *listed) {
        TRY(const Certificate certificate, certificateOf(context.row, one));
        TRY(const int now, revokeUnknown(context, certificate, {context.aim.at, {}}));
        revoked += now;
    }
    return revoked;
}

Result<int> replayIssuance(const Context& context) {
    return revokeListed(context, "certificates");
}
Result<int> replayFailure(const Context& context) {
    return revokeListed(context, "serialsRevoked");
}

// The key of a responder of then is gone; that of a unit lies with the ceremony's files, and is adopted again.
Result<int> replayResponder(const Context& context) {
    const auto serial = Serial::fromHex(context.row.subject);
    const auto issuer = context.detail.string("issuer");
    if (!serial || !issuer) return unknown(context.row);
    return revokeUnknown(context, {*issuer, *serial}, {context.aim.at, {}});
}

Result<void> blockKey(const Context& context, std::optional<std::int64_t> certificate) {
    const auto named = context.detail.string("keyBlocked");
    if (!named) return {};
    TRY(const Bytes spkiSha256, fromHex(*named));
    if (spkiSha256.size() != 32) return unknown(context.row);
    TRY_VOID(
        context.db.run("INSERT INTO blocked_keys (spki_sha256, at, certificate) VALUES (?1, ?2, ?3)"
                       " ON CONFLICT (spki_sha256) DO NOTHING",
                       {spkiSha256, context.row.at, certificate}));
    return {};
}

// One that may stand in a CRL, or none (D50): a log that says otherwise was not written by mailcad.
Result<std::optional<int>> reasonOf(const Context& context) {
    using Reason = std::optional<int>;
    if (!context.detail.has("reason")) return Reason();
    const std::optional<std::int64_t> reason = context.detail.integer("reason");
    if (!reason || *reason < 1 || *reason > 10 || *reason == 7) return unknown(context.row);
    return Reason(static_cast<int>(*reason));
}

// A certificate whose issuance was lost too stands among the intents; until now it was revoked by our own decision.
Result<int> revokeLost(const Context& context, const Certificate& lost, const RevokedAt& revoked) {
    TRY(const int serials, revokeUnknown(context, lost, {revoked.at, revoked.reason}));
    TRY_VOID(context.db.run("UPDATE intents SET revoked_at = ?3, reason = ?4 WHERE serial = ?1 AND issuer = ?2",
                            {lost.serial, lost.issuer, revoked.at, revoked.reason}));
    return serials;
}

Result<int> replayRevocation(const Context& context) {
    TRY(const Certificate lost, certificateOf(context.row, context.detail));
    TRY(const auto reason, reasonOf(context));
    const RevokedAt revoked{context.row.at, reason};
    TRY(const auto known,
        context.db.first("SELECT nr FROM certificates WHERE serial = ?1 AND issuer = ?2", {lost.serial, lost.issuer},
                         [](const sqlite::Row& row) { return row.integer(0); }));
    TRY_VOID(blockKey(context, known));
    if (!known) return revokeLost(context, lost, revoked);
    TRY_VOID(markRevoked(context.db, *known, revoked));
    return 0;
}

// Of an OCSP responder or a timestamping unit. A unit that was adopted after the backup is not adopted again.
Result<int> replayServiceRevocation(const Context& context) {
    TRY(const Certificate lost, certificateOf(context.row, context.detail));
    TRY(const auto reason, reasonOf(context));
    const RevokedAt revoked{context.row.at, reason};
    TRY(const bool known, markServiceRevoked(context.db, lost.issuer, lost.serial, revoked, context.aim.shardOf));
    return known ? Result<int>(0) : revokeLost(context, lost, revoked);
}

Result<int> replayKeyBlock(const Context& context) {
    const auto spkiSha256 = fromBase64Url(context.row.subject);
    const auto comment = context.detail.string("comment");
    if (!spkiSha256 || spkiSha256->size() != 32 || !comment) return unknown(context.row);
    TRY_VOID(
        context.db.run("INSERT INTO blocked_keys (spki_sha256, at, comment) VALUES (?1, ?2, ?3)"
                       " ON CONFLICT (spki_sha256) DO NOTHING",
                       {*spkiSha256, context.row.at, *comment}));
    return 0;
}

// F3: the next CRL is higher than any that was ever signed. What is past its nextUpdate is signed anew at the start,
// before anything is served.
Result<int> replayCrl(const Context& context) {
    const auto issuer = context.detail.string("issuer");
    const auto shard = context.detail.integer("shard"), number = context.detail.integer("number");
    if (!issuer || !shard || !number) return unknown(context.row);
    if (*shard < -1 || *shard >= ca::kMaxCrlShards || *number < 1 || *number > kMostCrls) return unknown(context.row);
    const Bytes none;
    TRY_VOID(context.db.run(
        "INSERT INTO crls (issuer, shard, number, this_update, next_update, revision, der)"
        " VALUES (?1, ?2, ?3, ?4, ?4, 0, ?5) ON CONFLICT (issuer, shard) DO UPDATE SET number = max(number, ?3),"
        " this_update = max(this_update, ?4), next_update = ?4",
        {*issuer, *shard, *number, context.row.at, none}));
    return 0;
}

Result<int> replayAccountEnd(const Context& context) {
    const auto account = AccountId::parse(context.row.subject);
    if (!account) return unknown(context.row);
    const Error error = fail(ErrorKind::Unauthorized, "the account ended while the server's database was restored");
    TRY_VOID(context.db.run(
        "UPDATE accounts SET status = ?2 WHERE id = ?1 AND status = ?3",
        {*account, static_cast<int>(ra::AccountStatus::Deactivated), static_cast<int>(ra::AccountStatus::Valid)}));
    TRY_VOID(context.db.run(
        "UPDATE orders SET state = ?2, state_at = ?3, error_kind = ?4, error_detail = ?5"
        " WHERE account = (SELECT nr FROM accounts WHERE id = ?1) AND state = ?6",
        {*account, codeOf(OrderCode::Failed), context.aim.at, kindText(error), error.detail, codeOf(OrderCode::Open)}));
    return 0;
}

Result<int> replayAuthorizationEnd(const Context& context) {
    const auto id = AuthorizationId::parse(context.row.subject);
    if (!id) return unknown(context.row);
    TRY_VOID(
        context.db.run("UPDATE challenges SET mail_due_at = NULL"
                       " WHERE nr = (SELECT nr FROM authorizations WHERE id = ?1)",
                       {*id}));
    TRY_VOID(context.db.run("UPDATE authorizations SET deactivated_at = coalesce(deactivated_at, ?2) WHERE id = ?1",
                            {*id, context.row.at}));
    return 0;
}

Result<int> replayExternalKeyEnd(const Context& context) {
    TRY_VOID(context.db.run("UPDATE external_keys SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1",
                            {context.row.subject, context.row.at}));
    return 0;
}

// One that was opened since the backup is not put back: the log does not hold all that it takes.
Result<int> replayIncidentEnd(const Context& context) {
    const ra::IncidentState state =
        context.row.act == "incident.done" ? ra::IncidentState::Done : ra::IncidentState::Closed;
    TRY_VOID(context.db.run("DELETE FROM incident_marks WHERE incident = (SELECT nr FROM incidents WHERE name = ?1)",
                            {context.row.subject}));
    TRY_VOID(context.db.run("UPDATE incidents SET state = ?2, closed_at = ?3 WHERE name = ?1",
                            {context.row.subject, static_cast<int>(state), context.row.at}));
    return 0;
}

struct Effect {
    std::string_view act;
    Result<int> (*replay)(const Context& context);
};
// An act that changes more than the audit log has its line here.
constexpr std::array kEffects{
    Effect{"order.issued", &replayIssuance}, Effect{"order.failed", &replayFailure},
    Effect{"order.orphaned", &replayFailure}, Effect{"responder.issued", &replayResponder},
    Effect{"certificate.revoked", &replayRevocation}, Effect{"service_certificate.revoked", &replayServiceRevocation},
    Effect{"key.blocked", &replayKeyBlock}, Effect{"crl.signed", &replayCrl},
    Effect{"account.deactivated", &replayAccountEnd},
    // Its new key is not in the log, and the old one must not come back.
    Effect{"account.key-changed", &replayAccountEnd}, Effect{"authorization.deactivated", &replayAuthorizationEnd},
    Effect{"external-key.revoked", &replayExternalKeyEnd}, Effect{"incident.closed", &replayIncidentEnd},
    Effect{"incident.done", &replayIncidentEnd}};

}  // namespace

Result<int> replay(Connection& db, const Row& row, const ReplayAim& aim) {
    for (const Effect& effect : kEffects) {
        if (effect.act != row.act) continue;
        TRY(json::Value detail, json::parse(row.detail));
        return effect.replay({db, row, std::move(detail), aim});
    }
    return 0;
}

}  // namespace mailca::store
