// The store's ports with a fault in one call: for tests that let each call of a whole enrollment fail in its turn.
#pragma once

#include <atomic>
#include <type_traits>

#include "enroll/ra/ports.h"

namespace mailca::test {

// What a failed call leaves: nothing done; or all done and nobody told, as when the answer is lost.
enum class Fault : std::uint8_t { Before, After };

class Faults {
 public:
    void arm(int call, Fault fault) {
        m_fault = fault;
        m_left = call;
    }
    // Whether this call is the one.
    bool strikes() { return --m_left == 0; }
    bool struck() const { return m_left <= 0; }
    Fault fault() const { return m_fault; }

 private:
    std::atomic<int> m_left{0};
    Fault m_fault = Fault::Before;
};

// A book in front of a book.
template <typename Book>
class Failing : public Book {
 public:
    Failing(Book& real, Faults& faults) : m_real(real), m_faults(faults) {}

 protected:
    template <typename Owner, typename Value, typename... Arguments>
    Value call(Value (Owner::*method)(Arguments...), std::type_identity_t<Arguments>... arguments) {
        const bool strikes = m_faults.strikes();
        const Error error = fail(ErrorKind::Store, "the store fails here");
        if (strikes && m_faults.fault() == Fault::Before) return error;
        Value outcome = (m_real.*method)(arguments...);
        if (strikes) return error;
        return outcome;
    }

 private:
    Book& m_real;
    Faults& m_faults;
};

class FailingAccounts final : public Failing<ra::AccountBook> {
 public:
    using Failing::Failing;
    Result<std::optional<ra::Account>> findByThumbprint(const std::string& thumbprint) override {
        return call(&ra::AccountBook::findByThumbprint, thumbprint);
    }
    Result<ra::Account> find(const AccountId& id) override { return call(&ra::AccountBook::find, id); }
    Result<bool> isAccountKey(const Bytes& key) override { return call(&ra::AccountBook::isAccountKey, key); }
    Result<void> create(const ra::Account& account) override { return call(&ra::AccountBook::create, account); }
    Result<void> changeContacts(const ra::ContactChange& change) override {
        return call(&ra::AccountBook::changeContacts, change);
    }
    Result<void> deactivate(const ra::AccountDeactivation& end) override {
        return call(&ra::AccountBook::deactivate, end);
    }
    Result<void> changeKey(const ra::KeyChange& change) override { return call(&ra::AccountBook::changeKey, change); }
    Result<void> agree(const ra::TermsAgreement& agreement) override {
        return call(&ra::AccountBook::agree, agreement);
    }
};

class FailingOrders final : public Failing<ra::OrderBook> {
 public:
    using Failing::Failing;
    Result<void> create(const ra::NewOrder& order) override { return call(&ra::OrderBook::create, order); }
    Result<void> createAuthorization(const ra::Authorization& authorization) override {
        return call(&ra::OrderBook::createAuthorization, authorization);
    }
    Result<ra::OrderView> find(const OrderId& id) override { return call(&ra::OrderBook::find, id); }
    Result<ra::Authorization> findAuthorization(const AuthorizationId& id) override {
        return call(&ra::OrderBook::findAuthorization, id);
    }
    Result<ra::Authorization> findByChallenge(const ChallengeId& id) override {
        return call(&ra::OrderBook::findByChallenge, id);
    }
    Result<void> releaseMail(const ra::MailRelease& release) override {
        return call(&ra::OrderBook::releaseMail, release);
    }
    Result<void> postChallenge(const ra::ChallengePost& post) override {
        return call(&ra::OrderBook::postChallenge, post);
    }
    Result<void> finalize(const ra::Finalization& finalization) override {
        return call(&ra::OrderBook::finalize, finalization);
    }
    Result<void> deactivate(const ra::AuthorizationDeactivation& end) override {
        return call(&ra::OrderBook::deactivate, end);
    }
    Result<std::optional<ra::Authorization>> findValid(const AccountId& account, const ra::Identifier& identifier,
                                                       Time at) override {
        return call(&ra::OrderBook::findValid, account, identifier, at);
    }
    Result<std::vector<OrderId>> list(const ra::OrderListQuery& query) override {
        return call(&ra::OrderBook::list, query);
    }
    Result<ra::MailCounts> recentMails(const ra::MailCountQuery& query) override {
        return call(&ra::OrderBook::recentMails, query);
    }
};

class FailingMails final : public Failing<ra::MailBook> {
 public:
    using Failing::Failing;
    Result<std::vector<ra::DueMail>> waiting(Time now, int limit) override {
        return call(&ra::MailBook::waiting, now, limit);
    }
    Result<void> recordSend(const ra::MailSend& send) override { return call(&ra::MailBook::recordSend, send); }
    Result<void> recordOutcome(const ra::MailOutcome& outcome) override {
        return call(&ra::MailBook::recordOutcome, outcome);
    }
    Result<int> reclaim(Time now) override { return call(&ra::MailBook::reclaim, now); }
};

class FailingReplies final : public Failing<ra::ReplyBook> {
 public:
    using Failing::Failing;
    Result<std::optional<ra::AwaitedReply>> findByPart1(const Bytes& part1Sha256) override {
        return call(&ra::ReplyBook::findByPart1, part1Sha256);
    }
    Result<std::optional<ChallengeId>> findByEnvelopeSender(const EmailAddress& address) override {
        return call(&ra::ReplyBook::findByEnvelopeSender, address);
    }
    Result<void> record(const ra::JudgedReply& reply) override { return call(&ra::ReplyBook::record, reply); }
};

class FailingIssuance final : public Failing<ra::IssuanceBook> {
 public:
    using Failing::Failing;
    Result<void> recordIntents(const ca::IntentsOfOrder& intents) override {
        return call(&ca::Ledger::recordIntents, intents);
    }
    Result<std::vector<OrderId>> unfinished() override { return call(&ra::IssuanceBook::unfinished); }
    Result<void> recordIssued(const ra::IssuedOrder& issued) override {
        return call(&ra::IssuanceBook::recordIssued, issued);
    }
    Result<void> recordFailure(const ra::OrderFailure& failure) override {
        return call(&ra::IssuanceBook::recordFailure, failure);
    }
    Result<int> closeOrphans(Time at) override { return call(&ra::IssuanceBook::closeOrphans, at); }
};

class FailingCertificates final : public Failing<ra::CertificateBook> {
 public:
    using Failing::Failing;
    Result<ra::CertificateRecord> find(const CertificateId& id) override {
        return call(&ra::CertificateBook::find, id);
    }
    Result<std::optional<ra::CertificateRecord>> findByDer(const Bytes& der) override {
        return call(&ra::CertificateBook::findByDer, der);
    }
    Result<std::vector<ra::CertificateRecord>> findBySerial(const Serial& serial) override {
        return call(&ra::CertificateBook::findBySerial, serial);
    }
    Result<std::vector<ra::CertificateRecord>> findByMailbox(const EmailAddress& mailbox) override {
        return call(&ra::CertificateBook::findByMailbox, mailbox);
    }
    Result<std::vector<ra::CertificateRecord>> findSet(const std::string& issuer, const Serial& serial) override {
        return call(&ra::CertificateBook::findSet, issuer, serial);
    }
    Result<bool> holdsAuthorization(const AccountId& account, const EmailAddress& mailbox, Time at) override {
        return call(&ra::CertificateBook::holdsAuthorization, account, mailbox, at);
    }
    Result<void> revoke(const ra::Revocation& revocation) override {
        return call(&ra::CertificateBook::revoke, revocation);
    }
};

}  // namespace mailca::test
