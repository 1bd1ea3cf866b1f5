#include "store/revoking.h"

#include "core/x509/certificate.h"
#include "store/directory.h"
#include "store/packing.h"
#include "store/rows.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

// Everything that store/replay.cpp needs to do it again.
json::Value detailOf(const Ending& ending, const std::string& issuer, const Serial& serial) {
    json::Value detail = json::object({{"issuer", issuer}, {"serial", serial.hex()}});
    if (ending.reason) detail.set("reason", *ending.reason);
    if (!ending.incident.empty()) detail.set("incident", ending.incident);
    return detail;
}

void requireReason(const Ending& ending) {
    if (ending.reason == 0) throw std::logic_error("reason 0 is written by leaving it out (D50)");
}

Result<void> leaveIncidents(Connection& db, std::int64_t certificate) {
    TRY_VOID(
        db.run("UPDATE incidents SET gone = gone + 1 WHERE nr IN"
               " (SELECT incident FROM incident_marks WHERE certificate = ?1)",
               {certificate}));
    TRY_VOID(db.run("DELETE FROM incident_marks WHERE certificate = ?1", {certificate}));
    return {};
}

}  // namespace

Result<Bytes> blockKeyOf(Connection& db, std::int64_t certificate, Time at) {
    TRY(const auto der, db.first("SELECT k.packed_der, m.der FROM certificates k"
                                 " JOIN certificate_models m ON m.nr = k.model WHERE k.nr = ?1",
                                 {certificate}, [](const Row& row) { return unpack(row.view(0), row.view(1)); }));
    if (!der) return fail(ErrorKind::NotFound, "there is no such certificate");
    TRY(const Bytes spkiSha256, x509::spkiSha256Of(*der));
    TRY_VOID(
        db.run("INSERT INTO blocked_keys (spki_sha256, at, certificate) VALUES (?1, ?2, ?3)"
               " ON CONFLICT (spki_sha256) DO NOTHING",
               {spkiSha256, at, certificate}));
    return spkiSha256;
}

Result<bool> markRevoked(Connection& db, std::int64_t certificate, const RevokedAt& revoked) {
    TRY(const auto place,
        db.first("SELECT issuer, shard FROM certificates WHERE nr = ?1 AND revoked_at IS NULL", {certificate},
                 [](const Row& row) { return std::pair(row.text(0), row.number(1)); }));
    if (!place) return false;
    TRY_VOID(expectOne(db.run("UPDATE certificates SET revoked_at = ?2, reason = ?3 WHERE nr = ?1",
                              {certificate, revoked.at, revoked.reason}),
                       "the certificate is gone"));
    TRY_VOID(withdraw(db, certificate, revoked.at));
    TRY_VOID(markShard(db, place->first, place->second));
    TRY_VOID(leaveIncidents(db, certificate));
    return true;
}

Result<bool> endCertificate(Connection& db, std::int64_t certificate, const Ending& ending) {
    requireReason(ending);
    struct Named {
        CertificateId id;
        std::string issuer;
        Serial serial;
    };
    TRY(const auto named,
        db.first("SELECT id, issuer, serial FROM certificates WHERE nr = ?1", {certificate}, [](const Row& row) {
            return Named{row.id<CertificateId>(0), row.text(1), row.serial(2)};
        }));
    TRY(const bool marked, markRevoked(db, certificate, {ending.at, ending.reason}));
    if (!named || !marked) return false;
    json::Value detail = detailOf(ending, named->issuer, named->serial);
    if (ending.blockKey) {
        TRY(const Bytes spkiSha256, blockKeyOf(db, certificate, ending.at));
        detail.set("keyBlocked", toHex(spkiSha256));
    }
    TRY_VOID(recordAct(db, {ending.at, std::string(ending.by), "certificate.revoked", named->id, std::move(detail)}));
    return true;
}

Result<bool> markServiceRevoked(Connection& db, const std::string& issuer, const Serial& serial,
                                const RevokedAt& revoked, const ShardOf& shardOf) {
    TRY(const auto der, db.first("SELECT der FROM service_certificates"
                                 " WHERE serial = ?1 AND issuer = ?2 AND der IS NOT NULL AND revoked_at IS NULL",
                                 {serial, issuer}, [](const Row& row) { return row.bytes(0); }));
    if (!der) return false;
    const x509::Certificate certificate = sqlite::loaded(x509::Certificate::fromDer(*der));
    const int shard = shardOf(issuer, serial);
    TRY_VOID(expectOne(db.run("UPDATE service_certificates SET revoked_at = ?3, reason = ?4, shard = ?5, not_after = ?6"
                              " WHERE serial = ?1 AND issuer = ?2",
                              {serial, issuer, revoked.at, revoked.reason, shard, certificate.notAfter()}),
                       "the certificate is gone"));
    TRY_VOID(markShard(db, issuer, shard));
    return true;
}

Result<bool> endServiceCertificate(Connection& db, const std::string& issuer, const Serial& serial,
                                   const Ending& ending, const ShardOf& shardOf) {
    requireReason(ending);
    TRY(const bool marked, markServiceRevoked(db, issuer, serial, {ending.at, ending.reason}, shardOf));
    if (!marked) return false;
    TRY_VOID(recordAct(db, {ending.at, std::string(ending.by), "service_certificate.revoked", serial.hex(),
                            detailOf(ending, issuer, serial)}));
    return true;
}

}  // namespace mailca::store
