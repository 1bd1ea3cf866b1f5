// Notices to owners and held entries of the exchange, on the database.
#pragma once

#include "enroll/ra/notice_port.h"
#include "store/database.h"

namespace mailca::store {

class NoticeBook final : public ra::NoticeBook {
 public:
    // `hold`: how long an entry is held once its mailbox was told of it.
    NoticeBook(Database& database, seconds hold) : m_database(database), m_hold(hold) {}

    Result<std::vector<ra::DueNotice>> due(Time now, int limit) override;
    Result<void> settle(const std::vector<ra::NoticeOutcome>& outcomes) override;
    Result<int> publishHeld(Time now, int atMost) override;

 private:
    Database& m_database;
    const seconds m_hold;
};

// An order that is being finished, by the rows of the database.
struct FinishedOrder {
    std::int64_t nr, account, mailbox;
    Time at;
};
// What an account is to a mailbox, before an order of its is finished.
struct Acquaintance {
    bool stranger = false;  // it has had no certificate for the mailbox
    bool held = false;      // others have live ones, it has none that is live and published
};
Result<Acquaintance> acquaintanceOf(sqlite::Connection& db, const FinishedOrder& order);
// Inside the transaction that finishes the order: its mailbox has to be told.
Result<void> oweNotice(sqlite::Connection& db, const FinishedOrder& order, const Acquaintance& account);

}  // namespace mailca::store
