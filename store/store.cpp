#include "store/store.h"

#include <stdexcept>
#include <utility>

#include "store/account_book.h"
#include "store/blocked_key_book.h"
#include "store/certificate_book.h"
#include "store/crl_book.h"
#include "store/directory.h"
#include "store/external_account_book.h"
#include "store/incident_book.h"
#include "store/issuance_book.h"
#include "store/mail_book.h"
#include "store/notice_book.h"
#include "store/order_book.h"
#include "store/reply_book.h"
#include "store/selection_book.h"
#include "store/service_book.h"
#include "store/status_book.h"

namespace mailca::store {

struct Store::Books {
    Books(std::unique_ptr<Database> opened, ShardOf shardOf, seconds hold)
        : database(std::move(opened)),
          issuance(*database, shardOf, hold > seconds{0}),
          selections(*database, std::move(shardOf)),
          notices(*database, hold) {}

    std::unique_ptr<Database> database;  // first: the books stand on it
    AccountBook accounts{*database};
    ExternalAccountBook externalAccounts{*database};
    OrderBook orders{*database};
    MailBook mails{*database};
    ReplyBook replies{*database};
    IssuanceBook issuance;
    CertificateBook certificates{*database};
    SelectionBook selections;
    IncidentBook incidents{*database};
    NoticeBook notices;
    BlockedKeyBook blockedKeys{*database};
    Directory directory{*database};
    CrlBook crls{*database};
    StatusBook statuses{*database};
    ServiceBook services{*database};
    AuditBook audit{*database};
};

Result<std::unique_ptr<Store>> Store::open(const std::string& path, Options options) {
    if (!options.shardOf) throw std::logic_error("a store needs to know the CRL shards");
    TRY(std::unique_ptr<Database> database, Database::open(path, options.database));
    return std::unique_ptr<Store>(
        new Store(std::make_unique<Books>(std::move(database), std::move(options.shardOf), options.publicationHold)));
}

Store::Store(std::unique_ptr<Books> books) : m_books(std::move(books)) {}
Store::~Store() = default;

ra::AccountBook& Store::accounts() {
    return m_books->accounts;
}
ra::ExternalAccountBook& Store::externalAccounts() {
    return m_books->externalAccounts;
}
ra::OrderBook& Store::orders() {
    return m_books->orders;
}
ra::MailBook& Store::mails() {
    return m_books->mails;
}
ra::ReplyBook& Store::replies() {
    return m_books->replies;
}
ra::IssuanceBook& Store::issuance() {
    return m_books->issuance;
}
ra::CertificateBook& Store::certificates() {
    return m_books->certificates;
}
ra::SelectionBook& Store::selections() {
    return m_books->selections;
}
ra::IncidentBook& Store::incidents() {
    return m_books->incidents;
}
ra::NoticeBook& Store::notices() {
    return m_books->notices;
}
ra::BlockedKeyBook& Store::blockedKeys() {
    return m_books->blockedKeys;
}
exchange::Directory& Store::directory() {
    return m_books->directory;
}
repository::CrlBook& Store::crls() {
    return m_books->crls;
}
repository::StatusBook& Store::statuses() {
    return m_books->statuses;
}
ca::ServiceLedger& Store::services() {
    return m_books->services;
}
AuditBook& Store::audit() {
    return m_books->audit;
}
Database& Store::database() {
    return *m_books->database;
}

}  // namespace mailca::store
