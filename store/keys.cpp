#include "store/keys.h"

#include <algorithm>

#include "store/rows.h"

namespace mailca::store {
namespace {

using sqlite::Connection;

Result<void> refuseBlocked(Connection& db, const Bytes& spkiSha256) {
    TRY(const bool blocked, db.any("SELECT 1 FROM blocked_keys WHERE spki_sha256 = ?1", {spkiSha256}));
    if (!blocked) return {};
    return fail(ErrorKind::BadPublicKey, "this key was reported compromised: make a new one");
}

}  // namespace

Result<bool> isAccountKey(Connection& db, const Bytes& spkiSha256) {
    return db.any("SELECT 1 FROM accounts WHERE substr(key_sha256, 1, 8) = substr(?1, 1, 8) AND key_sha256 = ?1",
                  {spkiSha256});
}

Result<std::vector<ra::CertificateRecord>> certificatesWithKey(Connection& db, const Bytes& spkiSha256) {
    TRY(auto found, readCertificates(db,
                                     "WHERE k.nr IN (SELECT certificate FROM certificate_keys"
                                     " WHERE spki8 = substr(?1, 1, 8)) ORDER BY k.nr",
                                     {spkiSha256}));
    std::erase_if(found, [&](const ra::CertificateRecord& one) { return one.spkiSha256 != spkiSha256; });
    return found;
}

Result<void> rememberKey(Connection& db, std::int64_t certificate, const Bytes& spkiSha256) {
    TRY_VOID(db.run("INSERT INTO certificate_keys (spki8, certificate) VALUES (substr(?1, 1, 8), ?2)",
                    {spkiSha256, certificate}));
    return {};
}

Result<void> refuseForCertificate(Connection& db, const Bytes& spkiSha256) {
    TRY_VOID(refuseBlocked(db, spkiSha256));
    TRY(const bool account, isAccountKey(db, spkiSha256));
    if (!account) return {};
    return fail(ErrorKind::BadPublicKey,
                "this key is the key of an ACME account; make a key for the certificate alone");
}

// An intent's key counts: its certificate may be signed already. There are as many as orders under way.
Result<void> refuseForAccount(Connection& db, const Bytes& spkiSha256) {
    TRY_VOID(refuseBlocked(db, spkiSha256));
    TRY(const bool intended, db.any("SELECT 1 FROM intents WHERE spki_sha256 = ?1", {spkiSha256}));
    TRY(const auto certificates, certificatesWithKey(db, spkiSha256));
    if (!intended && certificates.empty()) return {};
    return fail(ErrorKind::BadPublicKey, "this key is a certificate's; make a key for the account alone");
}

}  // namespace mailca::store
