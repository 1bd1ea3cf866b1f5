// The ports of enroll/ra in memory, with the states they promise. `trouble` makes the next calls of a kind fail.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "enroll/ra/ports.h"

namespace mailca::test {

class MemoryAccounts final : public ra::AccountBook {
 public:
    std::map<AccountId, ra::Account> accounts;
    std::set<Bytes> accountKeys;
    int conflicts = 0;  // that many creations are told of a conflict

    Result<std::optional<ra::Account>> findByThumbprint(const std::string& thumbprint) override {
        for (const auto& [id, account] : accounts) {
            if (account.thumbprint == thumbprint) return std::optional(account);
        }
        return std::optional<ra::Account>{};
    }
    Result<ra::Account> find(const AccountId& id) override {
        const auto found = accounts.find(id);
        if (found == accounts.end()) return fail(ErrorKind::AccountDoesNotExist, "no such account");
        return found->second;
    }
    Result<bool> isAccountKey(const Bytes& spkiSha256) override { return accountKeys.contains(spkiSha256); }
    Result<void> create(const ra::Account& account) override {
        if (conflicts-- > 0) return fail(ErrorKind::Conflict, "meanwhile");
        accounts.insert_or_assign(account.id, account);
        return {};
    }
    Result<void> changeContacts(const ra::ContactChange& change) override {
        accounts.at(change.account).contacts = change.contacts;
        return {};
    }
    Result<void> deactivate(const ra::AccountDeactivation& end) override {
        accounts.at(end.account).status = ra::AccountStatus::Deactivated;
        return {};
    }
    Result<void> changeKey(const ra::KeyChange& change) override {
        ra::Account& account = accounts.at(change.account);
        if (account.thumbprint != change.oldThumbprint) return fail(ErrorKind::Conflict, "another key by now");
        account.thumbprint = change.thumbprint;
        account.jwk = change.jwk;
        account.keySha256 = change.keySha256;
        return {};
    }
    Result<void> agree(const ra::TermsAgreement& agreement) override {
        accounts.at(agreement.account).terms = agreement.terms;
        return {};
    }
};

class MemoryExternalKeys final : public ra::ExternalAccountBook {
 public:
    std::vector<ra::ExternalKey> keys;

    Result<void> create(const ra::ExternalKey& key) override {
        keys.push_back(key);
        return {};
    }
    Result<std::optional<ra::ExternalKey>> find(const std::string& id) override {
        for (const ra::ExternalKey& key : keys) {
            if (key.id == id) return std::optional(key);
        }
        return std::optional<ra::ExternalKey>{};
    }
    Result<std::vector<ra::ExternalKey>> list() override { return keys; }
    Result<void> revoke(const ra::ExternalKeyRevocation& revocation) override {
        for (ra::ExternalKey& key : keys) {
            if (key.id == revocation.id) key.revokedAt = revocation.at;
        }
        return {};
    }
};

class MemoryOrders final : public ra::OrderBook {
 public:
    std::map<OrderId, ra::OrderView> orders;
    ra::MailCounts counts;
    std::vector<ra::MailRelease> releases;
    std::vector<ra::MailCountQuery> queries;
    std::vector<ra::NewOrder> created;
    std::vector<ra::Authorization> authorizations;  // without an order
    std::vector<ra::OrderListQuery> listings;
    std::vector<OrderId> listed;           // what every listing answers
    int conflicts = 0;                     // that many writes are told of a conflict
    std::function<void()> beforeConflict;  // what somebody else did meanwhile

    ra::OrderView& at(const OrderId& id) { return orders.at(id); }

    Result<void> create(const ra::NewOrder& order) override {
        if (conflicted()) return fail(ErrorKind::Conflict, "meanwhile");
        created.push_back(order);
        orders.insert_or_assign(order.order.id, ra::OrderView{order.order, order.authorization});
        return {};
    }
    Result<void> createAuthorization(const ra::Authorization& authorization) override {
        authorizations.push_back(authorization);
        return {};
    }
    Result<void> deactivate(const ra::AuthorizationDeactivation& end) override {
        for (auto& [id, view] : orders) {
            if (view.authorization.id == end.authorization) view.authorization.deactivatedAt = end.at;
        }
        for (ra::Authorization& one : authorizations) {
            if (one.id == end.authorization) one.deactivatedAt = end.at;
        }
        return {};
    }
    Result<std::optional<ra::Authorization>> findValid(const AccountId& account, const ra::Identifier& identifier,
                                                       Time at) override {
        const auto found = findWhere([&](const ra::Authorization& a) {
            return a.account == account && a.identifier.value == identifier.value &&
                   a.status(at) == ra::AuthorizationStatus::Valid;
        });
        return found ? std::optional(*found) : std::nullopt;
    }
    Result<std::vector<OrderId>> list(const ra::OrderListQuery& query) override {
        listings.push_back(query);
        return listed;
    }
    Result<ra::OrderView> find(const OrderId& id) override {
        const std::lock_guard lock(m_mutex);
        const auto found = orders.find(id);
        if (found == orders.end()) return fail(ErrorKind::NotFound, "no such order");
        return found->second;
    }
    Result<ra::Authorization> findAuthorization(const AuthorizationId& id) override {
        return findWhere([&id](const ra::Authorization& a) { return a.id == id; });
    }
    Result<ra::Authorization> findByChallenge(const ChallengeId& id) override {
        return findWhere([&id](const ra::Authorization& a) { return a.challenge.id == id; });
    }
    Result<void> releaseMail(const ra::MailRelease& release) override {
        releases.push_back(release);
        change(release.challenge, [&release](ra::Challenge& c) { c.mailReleasedAt = release.releasedAt; });
        return {};
    }
    Result<void> postChallenge(const ra::ChallengePost& post) override {
        if (conflicted()) return fail(ErrorKind::Conflict, "meanwhile");
        change(post.challenge, [&post](ra::Challenge& c) { c.postedAt = post.at; });
        return {};
    }
    Result<void> finalize(const ra::Finalization& finalization) override {
        if (conflicted()) return fail(ErrorKind::Conflict, "meanwhile");
        ra::Order& order = orders.at(finalization.order).order;
        order.state = ra::InProgress{finalization.at};
        for (std::size_t i = 0; i < order.items.size(); ++i) order.items[i].csr = finalization.csrs.at(i);
        return {};
    }
    Result<ra::MailCounts> recentMails(const ra::MailCountQuery& query) override {
        queries.push_back(query);
        return counts;
    }
    // For tests with threads.
    void setState(const OrderId& id, ra::OrderState state) {
        const std::lock_guard lock(m_mutex);
        orders.at(id).order.state = std::move(state);
    }

 private:
    bool conflicted() {
        if (conflicts-- <= 0) return false;
        if (beforeConflict) beforeConflict();
        return true;
    }
    template <typename Matches>
    Result<ra::Authorization> findWhere(const Matches& matches) {
        for (const auto& [id, view] : orders) {
            if (matches(view.authorization)) return view.authorization;
        }
        for (const ra::Authorization& one : authorizations) {
            if (matches(one)) return one;
        }
        return fail(ErrorKind::NotFound, "no such authorization");
    }
    template <typename Change>
    void change(const ChallengeId& id, const Change& apply) {
        for (auto& [orderId, view] : orders) {
            if (view.authorization.challenge.id == id) apply(view.authorization.challenge);
        }
    }
    std::mutex m_mutex;
};

}  // namespace mailca::test
