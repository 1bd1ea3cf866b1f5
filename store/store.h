// The whole store for the daemon: one database, and every port that it implements.
#pragma once

#include <memory>
#include <string>

#include "enroll/ra/incident_port.h"
#include "enroll/ra/notice_port.h"
#include "enroll/ra/ports.h"
#include "exchange/directory/port.h"
#include "repository/port.h"
#include "store/audit_book.h"
#include "store/database.h"
#include "store/traces.h"

namespace mailca::store {

struct Options {
    ShardOf shardOf;  // required: ca::Issuer::shardOf of the issuer with that name
    DatabaseOptions database;
    seconds publicationHold{0};  // docs/decisions/publication-hold.md; 0: nothing is held
};

// Thread-safe, and so are the books; they live as long as the store.
class Store final {
 public:
    // Errors as Database::open names them.
    static Result<std::unique_ptr<Store>> open(const std::string& path, Options options);
    ~Store();

    ra::AccountBook& accounts();
    ra::ExternalAccountBook& externalAccounts();
    ra::OrderBook& orders();
    ra::MailBook& mails();
    ra::ReplyBook& replies();
    ra::IssuanceBook& issuance();
    ra::CertificateBook& certificates();
    ra::SelectionBook& selections();
    ra::IncidentBook& incidents();
    ra::NoticeBook& notices();
    exchange::Directory& directory();
    ra::BlockedKeyBook& blockedKeys();
    repository::CrlBook& crls();
    repository::StatusBook& statuses();
    ca::ServiceLedger& services();
    AuditBook& audit();
    Database& database();

 private:
    struct Books;
    explicit Store(std::unique_ptr<Books> books);
    std::unique_ptr<Books> m_books;
};

}  // namespace mailca::store
