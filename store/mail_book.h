// Challenge mail waiting, sent and refused, on the database.
#pragma once

#include "enroll/ra/ports.h"
#include "store/database.h"

namespace mailca::store {

class MailBook final : public ra::MailBook {
 public:
    explicit MailBook(Database& database) : m_database(database) {}

    Result<std::vector<ra::DueMail>> waiting(Time now, int limit) override;
    // Conflict unless the mail is due: of two workers that saw it due, one sends. Until its outcome is recorded it is
    // not due for 120 s (nor before reclaim()); a crash in between costs one more mail, with a token of its own.
    Result<void> recordSend(const ra::MailSend& send) override;
    // Conflict once the mail was delivered or the challenge has been proven or ended.
    Result<void> recordOutcome(const ra::MailOutcome& outcome) override;
    // Deferred ones, too: whoever starts the daemon again may have mended what held them up.
    Result<int> reclaim(Time now) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
