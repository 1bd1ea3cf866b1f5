// Certificates and their revocation, on the database.
#pragma once

#include "enroll/ra/ports.h"
#include "store/database.h"

namespace mailca::store {

class CertificateBook final : public ra::CertificateBook {
 public:
    explicit CertificateBook(Database& database) : m_database(database) {}

    Result<ra::CertificateRecord> find(const CertificateId& id) override;
    Result<std::optional<ra::CertificateRecord>> findByDer(const Bytes& der) override;
    Result<std::vector<ra::CertificateRecord>> findBySerial(const Serial& serial) override;
    Result<std::vector<ra::CertificateRecord>> findByMailbox(const EmailAddress& mailbox) override;
    Result<std::vector<ra::CertificateRecord>> findSet(const std::string& issuer, const Serial& serial) override;
    Result<bool> holdsAuthorization(const AccountId& account, const EmailAddress& mailbox, Time at) override;
    Result<void> revoke(const ra::Revocation& revocation) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
