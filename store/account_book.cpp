#include "store/account_book.h"

#include "core/json/json.h"
#include "store/rows.h"
#include "store/traces.h"

namespace mailca::store {
namespace {

using sqlite::Connection;
using sqlite::Row;

constexpr int kValid = static_cast<int>(ra::AccountStatus::Valid);
constexpr int kDeactivated = static_cast<int>(ra::AccountStatus::Deactivated);

std::string toText(const std::vector<std::string>& contacts) {
    json::Array array;
    for (const std::string& contact : contacts) array.emplace_back(contact);
    return json::Value(std::move(array)).dump();
}

std::vector<std::string> contactsFrom(const std::string& text) {
    const json::Value value = sqlite::loaded(json::parse(text));
    std::vector<std::string> contacts;
    if (value.asArray() == nullptr) return contacts;
    for (const json::Value& contact : *value.asArray()) {
        if (contact.asString() != nullptr) contacts.push_back(*contact.asString());
    }
    return contacts;
}

Result<std::optional<ra::Account>> readAccount(Connection& db, std::string_view where, sqlite::Value value) {
    static constexpr std::string_view kSelect =
        "SELECT id, thumbprint, jwk, key_sha256, contacts, status, terms_agreed_at, created_at FROM accounts WHERE ";
    return db.first(std::string(kSelect).append(where), {value}, [](const Row& row) {
        return ra::Account{.id = row.id<AccountId>(0),
                           .thumbprint = row.text(1),
                           .jwk = row.text(2),
                           .keySha256 = row.bytes(3),
                           .contacts = contactsFrom(row.text(4)),
                           .status = static_cast<ra::AccountStatus>(row.number(5)),
                           .termsAgreedAt = row.optionalTime(6),
                           .createdAt = row.time(7)};
    });
}

}  // namespace

Result<std::optional<ra::Account>> AccountBook::findByThumbprint(const std::string& thumbprint) {
    return m_database.read([&](Connection& db) { return readAccount(db, "thumbprint = ?1", thumbprint); });
}

Result<ra::Account> AccountBook::find(const AccountId& id) {
    TRY(auto account, m_database.read([&](Connection& db) { return readAccount(db, "id = ?1", id); }));
    if (!account)
        return fail(ErrorKind::AccountDoesNotExist, "there is no such account: register the key with newAccount");
    return *std::move(account);
}

Result<bool> AccountBook::isAccountKey(const Bytes& spkiSha256) {
    return m_database.read(
        [&](Connection& db) { return db.any("SELECT 1 FROM accounts WHERE key_sha256 = ?1", {spkiSha256}); });
}

Result<void> AccountBook::create(const ra::Account& account) {
    return m_database.write([&](Connection& db) -> Result<void> {
        TRY_VOID(
            db.run("INSERT INTO accounts (id, thumbprint, jwk, key_sha256, contacts, status, terms_agreed_at,"
                   " created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                   {account.id, account.thumbprint, account.jwk, account.keySha256, toText(account.contacts),
                    static_cast<int>(account.status), account.termsAgreedAt, account.createdAt}));
        return {};
    });
}

Result<void> AccountBook::changeContacts(const ra::ContactChange& change) {
    return m_database.write([&](Connection& db) {
        return expectOne(db.run("UPDATE accounts SET contacts = ?2 WHERE id = ?1 AND status = ?3",
                                {change.account, toText(change.contacts), kValid}),
                         "the account is not valid");
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
        return recordAct(db, {end.at, "account:" + end.account.text(), "account.deactivated", end.account.text(),
                              json::object({{"ordersEnded", ended}})});
    });
}

}  // namespace mailca::store
