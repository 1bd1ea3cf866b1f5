// A store in a folder of its own, and the walk of an order told in single steps, each with values that are right unless
// a test bends them. A step that fails throws: the test is broken, not its subject.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/crypto/hash.h"
#include "core/x509/der.h"
#include "store/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/files.h"
#include "tests/support/sequence_random.h"

namespace mailca::test {

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text());
    if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

// nullopt: it succeeded.
template <typename T>
std::optional<ErrorKind> kindOf(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().kind);
}

inline EmailAddress mailbox(std::string_view text = "alice@example.org") {
    return must(EmailAddress::parse(text));
}

// More mail than any test sends.
inline constexpr ra::StrangerBudget kStrangers{1000, 1h, 1h};

inline constexpr int kShards = 4;
inline int shardOf(const std::string&, const Serial& serial) {
    return serial.bytes().back() % kShards;
}

// The key of the certificate with this serial, and something of a certificate's form around it.
inline Bytes keyInfoOf(const Serial& serial) {
    return x509::der::tagged(x509::der::kSequence, serial.bytes());
}
inline Bytes certificateLike(const Serial& serial, ByteView rest) {
    using namespace x509::der;
    const Bytes version = tagged(constructed(0), smallInteger(2)), none = sequence({});
    const Bytes tbs = sequence({version, unsignedInteger(serial.bytes()), none, none, none, none, keyInfoOf(serial),
                                tagged(kOctetString, rest)});
    return sequence({tbs, none, bitString(rest)});
}

// The steps, over a store that somebody else holds: one walker a thread.
class Walker {
 public:
    Walker(store::Store& store, std::uint64_t seed) : m_store(&store), m_random(seed) {}

    store::Store& store() { return *m_store; }
    SequenceRandom& random() { return m_random; }
    FakeClock& clock() { return m_clock; }
    Time now() const { return m_clock.now(); }

    ra::Account account() {
        const ra::Account account{.id = AccountId::random(m_random),
                                  .thumbprint = m_random.token(32),
                                  .jwk = "{}",
                                  .keySha256 = m_random.bytes(32),
                                  .contacts = {"mailto:alice@example.org"},
                                  .status = ra::AccountStatus::Valid,
                                  .termsAgreedAt = now(),
                                  .createdAt = now()};
        must(store().accounts().create(account));
        return account;
    }

    ra::NewOrder draftOrder(const AccountId& account, std::string_view address = "alice@example.org",
                            const std::vector<std::string>& profiles = {"smime-sign", "smime-encrypt"}) {
        const ra::Identifier identifier{ra::IdentifierType::Email, std::string(address), mailbox(address)};
        ra::Authorization authorization{.id = AuthorizationId::random(m_random),
                                        .account = account,
                                        .identifier = identifier,
                                        .createdAt = now(),
                                        .expires = now() + 24h,
                                        .deactivatedAt = std::nullopt,
                                        .challenge = {.id = ChallengeId::random(m_random),
                                                      .tokenPart2 = m_random.token(24),
                                                      .from = mailbox("acme@ca.example.net"),
                                                      .thumbprint = m_random.token(32),
                                                      .mailReleasedAt = std::nullopt,
                                                      .postedAt = std::nullopt,
                                                      .provenAt = std::nullopt,
                                                      .method = std::nullopt,
                                                      .error = std::nullopt,
                                                      .endedAt = std::nullopt}};
        std::vector<ra::OrderItem> items;
        for (const std::string& profile : profiles) items.push_back({profile, {}});
        ra::Order order{.id = OrderId::random(m_random),
                        .account = account,
                        .authorization = authorization.id,
                        .identifier = identifier,
                        .profile = "smime",
                        .createdAt = now(),
                        .expires = now() + 24h,
                        .items = std::move(items),
                        .state = ra::Open{}};
        return {std::move(order), std::move(authorization)};
    }
    ra::NewOrder order(const AccountId& account, std::string_view address = "alice@example.org",
                       const std::vector<std::string>& profiles = {"smime-sign", "smime-encrypt"}) {
        ra::NewOrder draft = draftOrder(account, address, profiles);
        must(store().orders().create(draft));
        return draft;
    }

    ra::JudgedReply reply(decltype(ra::JudgedReply::verdict) verdict) {
        return {"1.mailca", m_random.bytes(32), now(), "as the test says", "{}", std::move(verdict)};
    }
    void release(const ra::NewOrder& order) {
        must(store().orders().releaseMail({order.authorization.challenge.id, now(), now(), kStrangers}));
    }
    ra::MailSend draftSend(const ra::NewOrder& order) {
        return {order.authorization.challenge.id,
                m_random.bytes(32),
                m_random.token(32),
                m_random.token(16),
                "bounce@ca.example.net",
                now()};
    }
    // The challenge posted and proven: the order is ready.
    void validate(const ra::NewOrder& order) {
        const ChallengeId& challenge = order.authorization.challenge.id;
        must(store().orders().postChallenge({challenge, now()}));
        must(store().replies().record(reply(ra::Proves{challenge, ra::ValidationMethod::Strict})));
    }
    ra::Finalization finalization(const ra::NewOrder& order) {
        return {order.order.id, std::vector<Bytes>(order.order.items.size(), Bytes{0x30, 0x00}), now()};
    }
    ra::NewOrder processingOrder(const AccountId& account, std::string_view address = "alice@example.org",
                                 const std::vector<std::string>& profiles = {"smime-sign", "smime-encrypt"}) {
        ra::NewOrder made = order(account, address, profiles);
        validate(made);
        must(store().orders().finalize(finalization(made)));
        return made;
    }

    ca::IntentsOfOrder intents(const ra::NewOrder& order) {
        ca::IntentsOfOrder intents{order.order.id, order.authorization.id, order.order.account, now(), now() + 8h, {}};
        for (const ra::OrderItem& item : order.order.items) {
            const Serial serial = Serial::random(m_random);
            intents.intents.push_back({order.order.id, item.profile, "smime-1", serial, m_random.bytes(32),
                                       crypto::sha256(keyInfoOf(serial))});
        }
        return intents;
    }
    ra::IssuedItem item(const ra::NewOrder& order, const ca::Intent& intent) {
        const Bytes der = certificateLike(intent.serial, m_random.bytes(300));
        const EmailAddress& address = order.order.identifier.mailbox;
        const exchange::Role role = intent.profile == "smime-encrypt" ? exchange::Role::Encrypt : exchange::Role::Sign;
        return {{.id = CertificateId::random(m_random),
                 .order = order.order.id,
                 .account = order.order.account,
                 .mailbox = address,
                 .serial = intent.serial,
                 .issuer = intent.issuer,
                 .profile = intent.profile,
                 .der = der,
                 .spkiSha256 = intent.spkiSha256,
                 .notBefore = now() - 1h,
                 .notAfter = now() + 24h * 365,
                 .state = ra::Live{}},
                {address,
                 der,
                 {role},
                 "P-256",
                 exchange::TrustClass::Issued,
                 toHex(crypto::sha256(der)),
                 now() - 1h,
                 now() + 24h * 365}};
    }
    ra::IssuedOrder issuedFrom(const ra::NewOrder& order, const ca::IntentsOfOrder& intents) {
        ra::IssuedOrder issued{order.order.id, now(), {}};
        for (const ca::Intent& intent : intents.intents) issued.items.push_back(item(order, intent));
        return issued;
    }
    // The whole walk.
    ra::IssuedOrder issue(const AccountId& account, std::string_view address = "alice@example.org",
                          const std::vector<std::string>& profiles = {"smime-sign", "smime-encrypt"}) {
        const ra::NewOrder made = processingOrder(account, address, profiles);
        const ca::IntentsOfOrder recorded = intents(made);
        must(store().issuance().recordIntents(recorded));
        ra::IssuedOrder issued = issuedFrom(made, recorded);
        must(store().issuance().recordIssued(issued));
        return issued;
    }
    ra::Revocation revocation(const CertificateId& certificate) { return {certificate, 1, now()}; }

 protected:
    explicit Walker(std::uint64_t seed) : m_random(seed) {}
    store::Store* m_store = nullptr;

 private:
    SequenceRandom m_random;
    FakeClock m_clock;
};

class Scene final : public Walker {
 public:
    explicit Scene(store::DatabaseOptions options = {}) : Walker(1) { open(std::move(options)); }

    void open(store::DatabaseOptions options = {}) {
        close();
        m_owned = must(store::Store::open(path(), {&shardOf, std::move(options), hold}));
        m_store = m_owned.get();
    }
    void close() {
        m_store = nullptr;
        m_owned.reset();
    }
    seconds hold{0};  // of the next open()
    std::string path() const { return m_dir.file("mailca.db"); }

    // One number out of the database.
    std::int64_t count(std::string_view sql) {
        return must(store().database().read([&](store::sqlite::Connection& db) {
                   return db.first(sql, {}, [](const store::sqlite::Row& row) { return row.integer(0); });
               }))
            .value_or(0);
    }

 private:
    TempDir m_dir;
    std::unique_ptr<store::Store> m_owned;
};

}  // namespace mailca::test
