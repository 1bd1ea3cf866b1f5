// Replies to challenge mails, judged, on the database.
#pragma once

#include "enroll/ra/ports.h"
#include "store/database.h"

namespace mailca::store {

class ReplyBook final : public ra::ReplyBook {
 public:
    explicit ReplyBook(Database& database) : m_database(database) {}

    Result<std::optional<ra::AwaitedReply>> findByPart1(const Bytes& part1Sha256) override;
    Result<std::optional<ChallengeId>> findByEnvelopeSender(const EmailAddress& address) override;
    // Succeeds too when the verdict came too late to change anything: the mail is on record all the same.
    Result<void> record(const ra::JudgedReply& reply) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
