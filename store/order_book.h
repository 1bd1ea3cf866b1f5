// Orders, authorizations and challenges on the database.
#pragma once

#include "enroll/ra/ports.h"
#include "store/database.h"

namespace mailca::store {

class OrderBook final : public ra::OrderBook {
 public:
    explicit OrderBook(Database& database) : m_database(database) {}

    Result<void> create(const ra::NewOrder& order) override;
    Result<void> createAuthorization(const ra::Authorization& authorization) override;
    Result<ra::OrderView> find(const OrderId& id) override;
    Result<ra::Authorization> findAuthorization(const AuthorizationId& id) override;
    Result<ra::Authorization> findByChallenge(const ChallengeId& id) override;
    Result<void> releaseMail(const ra::MailRelease& release) override;
    Result<void> postChallenge(const ra::ChallengePost& post) override;
    Result<void> finalize(const ra::Finalization& finalization) override;
    Result<void> deactivate(const ra::AuthorizationDeactivation& end) override;
    Result<std::optional<ra::Authorization>> findValid(const AccountId& account, const ra::Identifier& identifier,
                                                       Time at) override;
    Result<std::vector<OrderId>> list(const ra::OrderListQuery& query) override;
    Result<ra::MailCounts> recentMails(const ra::MailCountQuery& query) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
