// Fills a database with finished enrollments, by the same writes that mailcad makes and with certificates of its
// profiles, signed by its CA. What outsiders would have told (accounts' keys, mails, DNS) is made up, of the sizes it
// has. Mailbox number N, counted from 0, is the address that addressOf(N) makes.
//   mailca-fill DATABASE AUTHORITY_TOML PASSPHRASE_FILE POLICIES FIRST END
// Prints the certificates' octets in all.
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "ca/signing_keys.h"
#include "core/crypto/hash.h"
#include "core/log.h"
#include "core/secret_file.h"
#include "core/x509/builder.h"
#include "enroll/intake/evidence.h"
#include "store/store.h"

namespace mailca::bench {
namespace {

constexpr int kSites = 100;         // domains that share the mailboxes
constexpr int kThreads = 64;        // that many transactions at most share a commit
constexpr auto kProfile = "smime";  // two certificates a mailbox
constexpr int kKeys = 256;
constexpr std::size_t kRequestBytes = 300;
constexpr int kToldAtOnce = 64;

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text());
    if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

std::string padded(int number, std::size_t width) {
    const std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
}

std::string addressOf(int number) {
    return "mailbox" + padded(number, 6) + "@site" + padded(number % kSites, 2) + ".example";
}

// The signature that a mailbox provider of today puts under a reply, and the key record it is verified with.
mail::DkimResult signatureOf(const EmailAddress& mailbox) {
    return {.verdict = mail::DkimVerdict::Pass,
            .reason = {},
            .domain = mailbox.domain(),
            .selector = "selector1",
            .algorithm = "rsa-sha256",
            .identity = "@" + mailbox.domain(),
            .signedHeaders = {"from", "to", "subject", "date", "message-id", "in-reply-to", "references",
                              "mime-version", "content-type"},
            .keyBits = 2048,
            .keyRecord = "v=DKIM1; k=rsa; p=" + toBase64(Bytes(294, static_cast<std::uint8_t>(mailbox.domain()[4]))),
            .dnssec = dns::Security::Insecure};
}

class Enrollments {
 public:
    Enrollments(store::Store& store, const ca::Authority& authority, const ca::SigningKeys& signingKeys,
                const ca::Profiles& profiles)
        : m_store(store), m_authority(authority), m_signingKeys(signingKeys), m_profiles(profiles) {
        for (int i = 0; i < kKeys; ++i) m_keys.push_back(must(crypto::PrivateKey::generate({})).publicKey());
    }

    void enroll(const std::string& address) {
        const EmailAddress mailbox = must(EmailAddress::parse(address));
        const ra::Account account = newAccount();
        const ra::NewOrder made = newOrder(account, mailbox);
        exchangeMails(made.authorization);
        must(m_store.orders().finalize(
            {made.order.id, std::vector<Bytes>(made.order.items.size(), m_random.bytes(kRequestBytes)), now()}));
        issue(made);
        if (++m_enrolled % kToldAtOnce == 0) tellOwners();
    }
    std::size_t certificateOctets() const { return m_octets; }

 private:
    Time now() const { return m_clock.now(); }

    ra::Account newAccount() {
        const std::string jwk =
            R"({"crv":"P-256","kty":"EC","x":")" + m_random.token(32) + R"(","y":")" + m_random.token(32) + "\"}";
        const ra::Account account{.id = AccountId::random(m_random),
                                  .thumbprint = toBase64Url(crypto::sha256(asBytes(jwk))),
                                  .jwk = jwk,
                                  .keySha256 = m_random.bytes(32),
                                  .contacts = {},
                                  .status = ra::AccountStatus::Valid,
                                  .termsAgreedAt = now(),
                                  .createdAt = now(),
                                  .terms = "https://ca.example/terms"};
        must(m_store.accounts().create(account));
        return account;
    }

    ra::NewOrder newOrder(const ra::Account& account, const EmailAddress& mailbox) {
        const ra::Identifier identifier{ra::IdentifierType::Email, mailbox.text(), mailbox};
        ra::Authorization authorization{.id = AuthorizationId::random(m_random),
                                        .account = account.id,
                                        .identifier = identifier,
                                        .createdAt = now(),
                                        .expires = now() + 24h,
                                        .deactivatedAt = std::nullopt,
                                        .challenge = {.id = ChallengeId::random(m_random),
                                                      .tokenPart2 = m_random.token(24),
                                                      .from = m_from,
                                                      .thumbprint = account.thumbprint}};
        ra::Order order{.id = OrderId::random(m_random),
                        .account = account.id,
                        .authorization = authorization.id,
                        .identifier = identifier,
                        .profile = kProfile,
                        .createdAt = now(),
                        .expires = now() + 24h,
                        .items = {},
                        .state = ra::Open{}};
        for (const std::string& profile : m_profiles.expand(kProfile)) order.items.push_back({profile, {}});
        ra::NewOrder made{std::move(order), std::move(authorization)};
        must(m_store.orders().create(made));
        return made;
    }

    // What is recorded of the challenge mail, of the client's POST and of the reply that proves.
    void exchangeMails(const ra::Authorization& authorization) {
        const ChallengeId& challenge = authorization.challenge.id;
        must(m_store.orders().releaseMail({challenge, now(), now(), {1'000'000, 1h, 1h}}));
        must(m_store.orders().postChallenge({challenge, now()}));
        must(m_store.mails().recordSend({challenge, m_random.bytes(32), m_random.token(32),
                                         m_random.token(24) + "@" + m_from.domain(),
                                         m_from.local() + "+" + m_random.token(16) + "@" + m_from.domain(), now()}));
        must(m_store.mails().recordOutcome({challenge, now(), ra::MailDelivered{}}));
        must(m_store.replies().record(
            {.source = std::to_string(toUnix(now())) + ".M123456P1234.mail." + m_from.domain(),
             .rawSha256 = m_random.bytes(32),
             .at = now(),
             .reason = "the reply proves control of the mailbox",
             .evidence = intake::evidenceOf({signatureOf(authorization.identifier.mailbox)}, va::InReplyTo::Matches),
             .verdict = ra::Proves{challenge, ra::ValidationMethod::Strict}}));
    }

    void issue(const ra::NewOrder& made) {
        ca::IntentsOfOrder intents{made.order.id, made.authorization.id, made.order.account, now(), now() + 8h, {}};
        ra::IssuedOrder issued{made.order.id, now(), {}};
        for (const ra::OrderItem& item : made.order.items) {
            issued.items.push_back(certificate(made.order, *m_profiles.find(item.profile)));
            const ra::CertificateRecord& record = issued.items.back().record;
            intents.intents.push_back({made.order.id, record.profile, record.issuer, record.serial,
                                       crypto::sha256(record.der), record.spkiSha256});
        }
        must(m_store.issuance().recordIntents(intents));
        must(m_store.issuance().recordIssued(issued));
    }

    // As if their mails had left: what is owed to an owner is in no database of a running service.
    void tellOwners() {
        std::vector<ra::NoticeOutcome> told;
        for (const ra::DueNotice& one : must(m_store.notices().due(now(), kToldAtOnce))) {
            told.push_back({one.mailbox, one.kind, one.last, now(), ra::NoticeSent{}});
        }
        must(m_store.notices().settle(told));
    }

    ra::IssuedItem certificate(const ra::Order& order, const ca::Profile& profile) {
        const EmailAddress& mailbox = order.identifier.mailbox;
        const ca::Issuer& issuer = *m_authority.forHierarchy(profile.hierarchy);
        const crypto::PublicKey& key = m_keys[static_cast<std::size_t>(m_next++ % kKeys)];
        const auto signature = issuer.algorithm();
        const Serial serial = Serial::random(m_random);
        const Time notBefore = now() - profile.backdate;
        const Time notAfter = notBefore + profile.validity - seconds{1};
        const Bytes tbs = must(x509::encodeTbsCertificate(
            {.serial = serial,
             .signature = signature,
             .issuer = issuer.certificate.subjectDer(),
             .subject = x509::NameParts{{}, {}, mailbox.text()},
             .notBefore = notBefore,
             .notAfter = notAfter,
             .key = key,
             .mailbox = mailbox,
             .keyUsage = ca::keyUsageFor(profile.use, key.type()),
             .extendedKeyUsage = profile.extendedKeyUsage,
             .policies = profile.policies,
             .crlUrls = {issuer.crlUrl(issuer.shardOf(serial))},
             .caIssuersUrls = {issuer.certificateUrl()},
             .ocspUrls = profile.ocsp ? std::vector{issuer.ocspUrl()} : std::vector<std::string>{},
             .authorityKeyId = issuer.certificate.subjectKeyId()}));
        const Bytes der = must(x509::assemble(tbs, signature, must(m_signingKeys.of(issuer).sign(signature, tbs))));
        m_octets += der.size();
        return {{CertificateId::random(m_random), order.id, order.account, mailbox, serial, issuer.name, profile.name,
                 der, key.spkiSha256(), notBefore, notAfter, ra::Live{}},
                {mailbox,
                 der,
                 {profile.use == ca::Use::Sign ? exchange::Role::Sign : exchange::Role::Encrypt},
                 "P-256",
                 exchange::TrustClass::Issued,
                 toHex(crypto::sha256(der)),
                 notBefore,
                 notAfter}};
    }

    store::Store& m_store;
    const ca::Authority& m_authority;
    const ca::SigningKeys& m_signingKeys;
    const ca::Profiles& m_profiles;
    SystemClock m_clock;
    SystemRandom m_random;
    const EmailAddress m_from = must(EmailAddress::parse("acme@ca.example"));
    std::vector<crypto::PublicKey> m_keys;  // for the certificates, in turn
    std::atomic<unsigned> m_next{0};
    std::atomic<int> m_enrolled{0};
    std::atomic<std::size_t> m_octets{0};
};

void fill(Enrollments& enrollments, int first, int end) {
    std::atomic<int> next{first};
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            for (int number = next++; number < end; number = next++) enrollments.enroll(addressOf(number));
        });
    }
}

int run(int count, char** arguments) {
    if (count != 7) {
        std::cerr << "usage: mailca-fill DATABASE AUTHORITY_TOML PASSPHRASE_FILE POLICIES FIRST END\n";
        return 2;
    }
    log::configure(log::Level::Warning, log::Format::Text);
    const auto authority = must(ca::Authority::open(arguments[2]));
    const auto signingKeys = must(ca::SigningKeys::open(arguments[2], authority, must(readSecretLine(arguments[3]))));
    const auto profiles = must(ca::Profiles::load(arguments[4]));
    store::Options options;
    options.shardOf = [&authority](const std::string& issuer, const Serial& serial) {
        return authority.find(issuer)->shardOf(serial);
    };
    const auto store = must(store::Store::open(arguments[1], std::move(options)));
    Enrollments enrollments(*store, authority, signingKeys, profiles);
    fill(enrollments, std::atoi(arguments[5]), std::atoi(arguments[6]));
    std::cout << enrollments.certificateOctets() << "\n";
    return 0;
}

}  // namespace
}  // namespace mailca::bench

int main(int count, char** arguments) {
    return mailca::bench::run(count, arguments);  // an exception ends it: a half-filled database measures nothing
}
