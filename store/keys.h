// What a public key is in the database: an account's, a certificate's, blocked. Keys are told by SHA-256 of their
// SubjectPublicKeyInfo.
#pragma once

#include "enroll/ra/types.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

Result<bool> isAccountKey(sqlite::Connection& db, const Bytes& spkiSha256);
// Every certificate with this key.
Result<std::vector<ra::CertificateRecord>> certificatesWithKey(sqlite::Connection& db, const Bytes& spkiSha256);
Result<void> rememberKey(sqlite::Connection& db, std::int64_t certificate, const Bytes& spkiSha256);

// BadPublicKey, with what to do: it is blocked, or an account's (B42, D13).
Result<void> refuseForCertificate(sqlite::Connection& db, const Bytes& spkiSha256);
// BadPublicKey: it is blocked, or a certificate has it or is about to.
Result<void> refuseForAccount(sqlite::Connection& db, const Bytes& spkiSha256);

}  // namespace mailca::store
