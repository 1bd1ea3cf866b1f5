// What registration needs of the store. One method is one transaction and takes one value. Every write names the state
// it expects; ErrorKind::Conflict says that it was not so: read again, decide again. What a method wrote is durable
// once it returns. All are thread-safe; an absent row is NotFound unless said otherwise.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/issuance.h"
#include "enroll/ra/types.h"
#include "exchange/directory/port.h"

namespace mailca::ra {

// ---- accounts
// ----------------------------------------------------------------------------------------------------------
struct ContactChange {
    AccountId account;
    std::vector<std::string> contacts;
};
struct AccountDeactivation {
    AccountId account;
    Time at;
};

// The new key of an account (RFC 8555 section 7.3.5).
struct KeyChange {
    AccountId account;
    std::string oldThumbprint;
    std::string thumbprint;
    std::string jwk;
    Bytes keySha256;
    Time at;
};
struct TermsAgreement {
    AccountId account;
    std::string terms;  // their URL
    Time at;
};

class AccountBook {
 public:
    virtual ~AccountBook() = default;
    virtual Result<std::optional<Account>> findByThumbprint(const std::string& thumbprint) = 0;
    virtual Result<Account> find(const AccountId& id) = 0;           // AccountDoesNotExist
    virtual Result<bool> isAccountKey(const Bytes& spkiSha256) = 0;  // B42
    // Conflict: that key has an account. BadPublicKey: it is blocked, or a certificate has it (B42). Uses its external
    // account's key once; Unauthorized: it is used up or revoked.
    virtual Result<void> create(const Account& account) = 0;
    virtual Result<void> changeContacts(const ContactChange& change) = 0;  // Conflict unless the account is valid
    virtual Result<void> deactivate(const AccountDeactivation& end) = 0;   // its open orders end invalid (B28)
    // Conflict unless the account is valid and has the old key still, and nobody has the new one; BadPublicKey as
    // above.
    virtual Result<void> changeKey(const KeyChange& change) = 0;
    virtual Result<void> agree(const TermsAgreement& agreement) = 0;  // Conflict unless the account is valid
};

// ---- external accounts
// -----------------------------------------------------------------------------------------------------
struct ExternalKey {
    std::string id;                    // the kid of its bindings
    std::string comment;               // whom the operator gave it to
    std::vector<std::string> allowed;  // addresses and domains its accounts may order for; empty: any
    std::optional<int> mostUses;       // how many accounts it may make; nullopt: any number
    int uses = 0;
    Time createdAt;
    std::optional<Time> revokedAt{};
};
struct ExternalKeyRevocation {
    std::string id;
    Time at;
};

class ExternalAccountBook {
 public:
    virtual ~ExternalAccountBook() = default;
    virtual Result<void> create(const ExternalKey& key) = 0;
    virtual Result<std::optional<ExternalKey>> find(const std::string& id) = 0;
    virtual Result<std::vector<ExternalKey>> list() = 0;                       // oldest first
    virtual Result<void> revoke(const ExternalKeyRevocation& revocation) = 0;  // NotFound unless it is live
};

// ---- orders
// ------------------------------------------------------------------------------------------------------------
enum class AuthorizationOrigin : std::uint8_t { Fresh, Reused };
struct NewOrder {
    Order order;                  // Open
    Authorization authorization;  // fresh: its challenge pending; reused: there already, and valid
    AuthorizationOrigin origin = AuthorizationOrigin::Fresh;
    std::optional<OrderId> replaced{};  // the order whose certificates this one's will replace (C5)
};
struct AuthorizationDeactivation {
    AuthorizationId authorization;
    AccountId account;  // its owner
    Time at;
};
// The orders of an account that are not invalid at `now`, newest first (B31).
struct OrderListQuery {
    AccountId account;
    std::optional<OrderId> after;  // the last of the page before
    Time now;
    int limit = 0;
};
// Challenge mail to a mailbox asked for by accounts that never proved it: at most `mails` in any `per`, the rest waits
// its turn, at most `longestWait`.
struct StrangerBudget {
    int mails = 0;
    seconds per{0};
    seconds longestWait{0};
};
struct MailRelease {
    ChallengeId challenge;
    Time releasedAt;
    Time dueAt;  // when the outbox may send
    StrangerBudget strangers;
};
struct ChallengePost {
    ChallengeId challenge;
    Time at;
};
struct Finalization {
    OrderId order;
    std::vector<Bytes> csrs;  // one an item, in order
    Time at;
};
// How much challenge mail goes to a mailbox (A22); times are those of new orders.
struct MailCounts {
    int mailboxAndAccount = 0;     // within the last hour, by this account
    Time oldest{};                 // of those
    int unanswered = 0;            // of this account in a row, for a month
    Time lastOrder{};              // of those
    int undeliverable = 0;         // of those: the mail was refused or came back (A32)
    Time lastUndeliverable{};      // when the last of them did
    bool validatedBefore = false;  // the account proved control of the mailbox, at any time
    Time strangersNext{};          // when a mail of an account that did not may leave; in the past: now
};
struct MailCountQuery {
    EmailAddress mailbox;
    AccountId account;
    Time now;
    StrangerBudget strangers;
};

class OrderBook {
 public:
    virtual ~OrderBook() = default;
    // Conflict: the account is not valid, or the reused authorization is no longer. AlreadyReplaced: by an order that
    // is not invalid (C5).
    virtual Result<void> create(const NewOrder& order) = 0;
    virtual Result<void> createAuthorization(const Authorization& authorization) = 0;  // without an order (B21)
    virtual Result<OrderView> find(const OrderId& id) = 0;
    virtual Result<Authorization> findAuthorization(const AuthorizationId& id) = 0;
    virtual Result<Authorization> findByChallenge(const ChallengeId& id) = 0;
    // The first wins, later ones change nothing. A stranger's mail waits its turn, and its challenge ends (RateLimited)
    // when that would take too long.
    virtual Result<void> releaseMail(const MailRelease& release) = 0;
    // Sets postedAt unless it is set or the challenge has ended; Conflict then.
    virtual Result<void> postChallenge(const ChallengePost& post) = 0;
    // Open -> InProgress with the CSRs; Conflict unless Open, unexpired, and the authorization valid at `at`.
    virtual Result<void> finalize(const Finalization& finalization) = 0;
    // Conflict unless it is pending or valid.
    virtual Result<void> deactivate(const AuthorizationDeactivation& end) = 0;
    // One of the account for exactly this identifier, valid at `at`; the one valid longest.
    virtual Result<std::optional<Authorization>> findValid(const AccountId& account, const Identifier& identifier,
                                                           Time at) = 0;
    virtual Result<std::vector<OrderId>> list(const OrderListQuery& query) = 0;  // NotFound: `after` is none of them
    virtual Result<MailCounts> recentMails(const MailCountQuery& query) = 0;
};

// ---- challenge mail out
// --------------------------------------------------------------------------------------------------
struct DueMail {
    ChallengeId challenge;
    Identifier identifier;
    EmailAddress from;
    std::string tokenPart2;
    std::string thumbprint;
    Time expires;      // of the authorization
    int attempts = 0;  // sends tried so far
    Time dueAt;
};
// Recorded, durable, before the mail leaves: part 1 only as its hash (A6).
struct MailSend {
    ChallengeId challenge;
    Bytes part1Sha256;
    std::string digest;          // base64url SHA-256 of the key authorization: what the reply must hold (A10)
    std::string messageId;       // without angle brackets
    std::string envelopeSender;  // unguessable (A32)
    Time at;
};
struct MailDelivered {};
struct MailDeferred {
    Time retryAt;
    std::string why;  // for whoever asks what the order waited for
};
struct MailRefused {
    Error error;  // our own SMTP 5xx: the challenge ends (A32)
};
struct MailOutcome {
    ChallengeId challenge;
    Time at;
    std::variant<MailDelivered, MailDeferred, MailRefused> outcome;
};

class MailBook {
 public:
    virtual ~MailBook() = default;
    // Released, unsent or deferred mails of live challenges, the soonest due first; those that are not due yet stand
    // behind those that are.
    virtual Result<std::vector<DueMail>> waiting(Time now, int limit) = 0;
    virtual Result<void> recordSend(const MailSend& send) = 0;
    virtual Result<void> recordOutcome(const MailOutcome& outcome) = 0;
    // At start, before anything is sent: mails that an earlier process had in hand fall due. Returns how many.
    virtual Result<int> reclaim(Time now) = 0;
};

// ---- replies in
// ------------------------------------------------------------------------------------------------------------
struct AwaitedReply {
    ChallengeId challenge;
    Identifier identifier;
    EmailAddress from;  // of the challenge mail; the reply's To
    std::string digest;
    std::string messageId;
    Time sentAt;
    Time expires;          // sentAt + 24 h at most (A17)
    bool open = true;      // not proven, not ended
    int wrongReplies = 0;  // A20
    std::string tokenPart2{};
    std::string newThumbprint{};  // of the account's key, when it changed since (A13)
};
struct Proves {
    ChallengeId challenge;
    ValidationMethod method;
};
struct WrongDigest {
    ChallengeId challenge;  // the tenth makes it invalid, incorrectResponse (A20)
};
// The right answer, but an hour long DNS did not let its signature be checked: ends it with type dns (A20).
struct Unverifiable {
    ChallengeId challenge;
    Error error;
};
// The challenge mail came back (A32): ends it, and pauses mail for the account and mailbox.
struct Undeliverable {
    ChallengeId challenge;
    Error error;
};
struct ProvesNothing {
    std::optional<ChallengeId> challenge;  // when one was named
};
// Every mail judged, with its reason (design step 3; A49).
struct JudgedReply {
    std::string source;  // name of the file it came in
    Bytes rawSha256;
    Time at;
    std::string reason;    // a sentence, for `explain`
    std::string evidence;  // JSON: DKIM d, s, a, h, DNSSEC state (A49)
    std::variant<Proves, WrongDigest, ProvesNothing, Unverifiable, Undeliverable> verdict;
};

class ReplyBook {
 public:
    virtual ~ReplyBook() = default;
    virtual Result<std::optional<AwaitedReply>> findByPart1(const Bytes& part1Sha256) = 0;
    // Whose mail left from this address, which only those know who carried it; nothing for any other.
    virtual Result<std::optional<ChallengeId>> findByEnvelopeSender(const EmailAddress& address) = 0;
    // Records it and applies its verdict to the challenge: provenAt once, never after the end or expiry (A17-A19). The
    // same raw mail again changes nothing.
    virtual Result<void> record(const JudgedReply& reply) = 0;
};

// ---- issuance
// ----------------------------------------------------------------------------------------------------------------
struct IssuedItem {
    CertificateRecord record;  // Live
    exchange::Publication publication;
};
// Everything that becomes true in the one transaction that records an order's certificates.
struct IssuedOrder {
    OrderId order;  // InProgress -> Finished; Conflict otherwise
    Time at;
    std::vector<IssuedItem> items;
};
struct OrderFailure {
    OrderId order;  // InProgress -> Failed
    Time at;
    Error error;
};

class IssuanceBook : public ca::Ledger {
 public:
    // Orders InProgress without intents, oldest first: what a crash or a busy moment left to do.
    virtual Result<std::vector<OrderId>> unfinished() = 0;
    // Issued, published, feed entries and audit rows, the order finished: one transaction.
    virtual Result<void> recordIssued(const IssuedOrder& issued) = 0;
    virtual Result<void> recordFailure(const OrderFailure& failure) = 0;
    // At start, before anything is signed: intents without a certificate get their serial recorded as revoked, their
    // order Failed. Returns how many serials.
    virtual Result<int> closeOrphans(Time at) = 0;
};

// ---- certificates and their revocation
// -----------------------------------------------------------------------------------------
enum class RevokedBy : std::uint8_t { Account, AuthorizedAccount, CertificateKey };
struct Revocation {
    CertificateId certificate;  // AlreadyRevoked when it is
    std::optional<int> reason;  // never 0
    Time at;
    RevokedBy by = RevokedBy::Account;
    bool blockKey = false;  // B47: key-signed with keyCompromise; operators' revocations: enroll/ra/incident_port.h
};

class CertificateBook {
 public:
    virtual ~CertificateBook() = default;
    virtual Result<CertificateRecord> find(const CertificateId& id) = 0;
    virtual Result<std::optional<CertificateRecord>> findByDer(const Bytes& der) = 0;
    virtual Result<std::vector<CertificateRecord>> findBySerial(const Serial& serial) = 0;          // any issuer
    virtual Result<std::vector<CertificateRecord>> findByMailbox(const EmailAddress& mailbox) = 0;  // newest first
    // Every certificate of the order that this one came with, itself too; empty: no such certificate.
    virtual Result<std::vector<CertificateRecord>> findSet(const std::string& issuer, const Serial& serial) = 0;
    // Whether this account holds an authorization for the mailbox that is valid at `at` (B45).
    virtual Result<bool> holdsAuthorization(const AccountId& account, const EmailAddress& mailbox, Time at) = 0;
    // Revoked, withdrawn from the exchange, feed entry, audit row, the CRL shard marked: one transaction.
    virtual Result<void> revoke(const Revocation& revocation) = 0;
};

// ---- keys that nobody may have any more (standards D13, B47)
// ----------------------------------------------------------------------------------------
struct KeyBlock {
    Bytes spkiSha256;
    std::string comment;
    Time at;
};
struct KeyBlocked {
    bool added;                                   // false: it was blocked before
    std::vector<CertificateRecord> certificates;  // with this key: still to be revoked, if live (D46)
};
struct BlockedKey {
    Bytes spkiSha256;
    Time at;
    std::string comment;           // an operator's
    std::optional<Serial> serial;  // of the certificate whose revocation blocked it
};

class BlockedKeyBook {
 public:
    virtual ~BlockedKeyBook() = default;
    virtual Result<KeyBlocked> block(const KeyBlock& block) = 0;
    virtual Result<std::vector<BlockedKey>> list() = 0;  // newest first
};

}  // namespace mailca::ra
