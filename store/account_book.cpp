#include "store/account_book.h"

#include "core/json/json.h"
#include "store/keys.h"
#include "store/packing.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

constexpr int kValid = static_cast<int>(ra::AccountStatus::Valid);
constexpr int kDeactivated = static_cast<int>(ra::AccountStatus::Deactivated);

std::optional<ra::ExternalAccount> readExternal(const Row& row) {
    if (row.isNull(9)) return std::nullopt;
    return ra::ExternalAccount{row.text(9), row.text(10), readList(row.text(11)), row.integer(12) != 0};
}

Result<std::optional<ra::Account>> readAccount(Connection& db, std::string_view where, sqlite::Value value) {
    static constexpr std::string_view kSelect =
        "SELECT s.id, s.thumbprint, s.packed_jwk, s.key_sha256, s.contacts, s.status, s.terms_agreed_at, s.created_at, "
        "s.terms,"
        " e.id, s.external_binding, e.allowed, e.revoked_at IS NOT NULL"
        " FROM accounts s LEFT JOIN external_keys e ON e.nr = s.external_key WHERE ";
    return db.first(std::string(kSelect).append(where), {value}, [](const Row& row) {
        return ra::Account{.id = row.id<AccountId>(0),
                           .thumbprint = base64UrlOf(row, 1),
                           .jwk = unpackJwk(row.view(2)),
                           .keySha256 = row.bytes(3),
                           .contacts = readList(row.text(4)),
                           .status = static_cast<ra::AccountStatus>(row.number(5)),
                           .termsAgreedAt = row.optionalTime(6),
                           .createdAt = row.time(7),
                           .terms = row.text(8),
                           .external = readExternal(row)};
    });
}

// Counted in the transaction that makes the account: a key for one account makes one.
Result<std::optional<std::int64_t>> useExternalKey(Connection& db, const std::string& id) {
    TRY(const int used, db.run("UPDATE external_keys SET uses = uses + 1 WHERE id = ?1 AND revoked_at IS NULL"
                               " AND (most_uses IS NULL OR uses < most_uses)",
                               {id}));
    if (used != 1) return fail(ErrorKind::Unauthorized, "the external account key is used up or revoked");
    return db.first("SELECT nr FROM external_keys WHERE id = ?1", {id}, [](const Row& row) { return row.integer(0); });
}

}  // namespace

Result<std::optional<ra::Account>> AccountBook::findByThumbprint(const std::string& thumbprint) {
    const auto octets = fromBase64Url(thumbprint);
    if (!octets) return std::optional<ra::Account>();
    return m_database.read([&](Connection& db) { return readAccount(db, "s.thumbprint = ?1", *octets); });
}

Result<ra::Account> AccountBook::find(const AccountId& id) {
    TRY(auto account, m_database.read([&](Connection& db) { return readAccount(db, "s.id = ?1", id); }));
    if (!account)
        return fail(ErrorKind::AccountDoesNotExist, "there is no such account: register the key with newAccount");
    return *std::move(account);
}

Result<bool> AccountBook::isAccountKey(const Bytes& spkiSha256) {
    return m_database.read([&](Connection& db) { return store::isAccountKey(db, spkiSha256); });
}

Result<void> AccountBook::create(const ra::Account& account) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(refuseForAccount(db, account.keySha256));
        std::optional<std::int64_t> externalKey;
        if (account.external) {
            TRY(externalKey, useExternalKey(db, account.external->keyId));
        }
        TRY_VOID(db.run(
            "INSERT INTO accounts (id, thumbprint, packed_jwk, key_sha256, contacts, status, terms_agreed_at,"
            " created_at, terms, external_key, external_binding)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            {account.id, octetsOf(account.thumbprint), packJwk(account.jwk), account.keySha256,
             listText(account.contacts), static_cast<int>(account.status), account.termsAgreedAt, account.createdAt,
             account.terms, externalKey, account.external ? std::optional(account.external->binding) : std::nullopt}));
        return {};
    });
}

Result<void> AccountBook::changeContacts(const ra::ContactChange& change) {
    return m_database.write([&](Connection& db) {
        return expectOne(db.run("UPDATE accounts SET contacts = ?2 WHERE id = ?1 AND status = ?3",
                                {change.account, listText(change.contacts), kValid}),
                         "the account is not valid");
    });
}

// B30. What the account has open stays open: it belongs to the account, not to its key.
Result<void> AccountBook::changeKey(const ra::KeyChange& change) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(refuseForAccount(db, change.keySha256));
        TRY_VOID(expectOne(db.run("UPDATE accounts SET thumbprint = ?3, packed_jwk = ?4, key_sha256 = ?5"
                                  " WHERE id = ?1 AND thumbprint = ?2 AND status = ?6",
                                  {change.account, octetsOf(change.oldThumbprint), octetsOf(change.thumbprint),
                                   packJwk(change.jwk), change.keySha256, kValid}),
                           "the account is not valid or has another key by now"));
        return recordAct(db, {change.at, "account:" + change.account.text(), "account.key-changed", change.account,
                              json::object({{"oldThumbprint", change.oldThumbprint}})});
    });
}

Result<void> AccountBook::agree(const ra::TermsAgreement& agreement) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(expectOne(db.run("UPDATE accounts SET terms = ?2, terms_agreed_at = ?3 WHERE id = ?1 AND status = ?4",
                                  {agreement.account, agreement.terms, agreement.at, kValid}),
                           "the account is not valid"));
        return recordAct(db, {agreement.at, "account:" + agreement.account.text(), "account.terms-agreed",
                              agreement.account, json::object({{"terms", agreement.terms}})});
    });
}

// B28: its open orders end with it; certificates stay.
Result<void> AccountBook::deactivate(const ra::AccountDeactivation& end) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(expectOne(db.run("UPDATE accounts SET status = ?2 WHERE id = ?1 AND status = ?3",
                                  {end.account, kDeactivated, kValid}),
                           "the account is not valid"));
        const Error error = fail(ErrorKind::Unauthorized, "the account was deactivated");
        TRY(const int ended, db.run("UPDATE orders SET state = ?2, state_at = ?3, error_kind = ?4, error_detail = ?5"
                                    " WHERE account = (SELECT nr FROM accounts WHERE id = ?1) AND state = ?6",
                                    {end.account, codeOf(OrderCode::Failed), end.at, kindText(error), error.detail,
                                     codeOf(OrderCode::Open)}));
        return recordAct(db, {end.at, "account:" + end.account.text(), "account.deactivated", end.account,
                              json::object({{"ordersEnded", ended}})});
    });
}

}  // namespace mailca::store
