#include "core/text.h"
#include "enroll/ra/decide.h"
#include "enroll/ra/service.h"

namespace mailca::ra {
namespace {

constexpr std::size_t kMaxContacts = 10;
constexpr std::string_view kMailto = "mailto:";

bool isMailto(std::string_view url) {
    return url.size() > kMailto.size() && toAsciiLower(url.substr(0, kMailto.size())) == kMailto;
}

// B24: one address, no header fields.
Result<void> checkContact(const std::string& url) {
    if (!isMailto(url)) {
        return fail(ErrorKind::UnsupportedContact, "only contacts of the form mailto:you@example.org are supported");
    }
    const std::string_view address = std::string_view(url).substr(kMailto.size());
    if (address.find_first_of("?,") != std::string_view::npos) {
        return fail(ErrorKind::InvalidContact, "a mailto: contact must hold one address and nothing else");
    }
    if (const auto parsed = EmailAddress::parse(address); !parsed) {
        return fail(ErrorKind::InvalidContact, "a contact cannot be used: " + parsed.error().detail);
    }
    return {};
}

Result<void> checkContacts(const std::vector<std::string>& contacts) {
    if (contacts.size() > kMaxContacts) {
        return fail(ErrorKind::InvalidContact, "at most " + std::to_string(kMaxContacts) + " contacts are kept");
    }
    for (const std::string& contact : contacts) TRY_VOID(checkContact(contact));
    return {};
}

Error noLongerValid() {
    return fail(ErrorKind::AccountDeactivated, "this account is no longer valid; make a new account with a new key");
}

}  // namespace

Accounts::Accounts(AccountBook& book, const Policy& policy, const Clock& clock, Random& random,
                   const ExternalAccounts* external)
    : m_book(book), m_policy(policy), m_clock(clock), m_random(random), m_external(external) {}

// B29.
Result<std::optional<ExternalAccount>> Accounts::bind(const Request& request) {
    using Bound = std::optional<ExternalAccount>;
    if (request.binding && m_external == nullptr) {
        return fail(ErrorKind::Malformed, "external account binding is not offered here: leave it out");
    }
    if (request.binding) {
        TRY(ExternalAccount bound, m_external->verify(*request.binding, request.key, request.url));
        return Bound(std::move(bound));
    }
    if (!m_policy.externalAccountRequired) return Bound();
    return fail(ErrorKind::ExternalAccountRequired,
                "accounts are made with an external account's key only: ask the operator for one, and send "
                "externalAccountBinding");
}

Result<Accounts::Answer> Accounts::create(const Request& request) {
    return decide([&]() -> Result<Answer> {
        TRY(const auto existing, m_book.findByThumbprint(request.key.thumbprint));
        if (existing && existing->status != AccountStatus::Valid) return noLongerValid();
        if (existing) return Answer{*existing, false};  // B22: what the request says besides is ignored
        if (request.onlyExisting) {
            return fail(ErrorKind::AccountDoesNotExist, "there is no account with this key");
        }
        const bool termsRequired = !m_policy.termsOfService.empty();
        if (termsRequired && !request.termsAgreed) {  // B25
            return fail(ErrorKind::UserActionRequired,
                        "the terms of service must be agreed to: send termsOfServiceAgreed: true");
        }
        TRY_VOID(checkContacts(request.contacts));
        TRY(auto external, bind(request));
        const Time now = m_clock.now();
        const Account account{.id = AccountId::random(m_random),
                              .thumbprint = request.key.thumbprint,
                              .jwk = request.key.value.dump(),
                              .keySha256 = request.key.key.spkiSha256(),
                              .contacts = request.contacts,
                              .status = AccountStatus::Valid,
                              .termsAgreedAt = request.termsAgreed ? std::optional(now) : std::nullopt,
                              .createdAt = now,
                              .terms = request.termsAgreed ? m_policy.termsOfService : std::string(),
                              .external = std::move(external)};
        TRY_VOID(m_book.create(account));
        return Answer{account, true};
    });
}

Result<Account> Accounts::update(const Account& account, const std::optional<std::vector<std::string>>& contacts,
                                 bool deactivate) {
    if (contacts && !deactivate) TRY_VOID(checkContacts(*contacts));
    return decide([&]() -> Result<Account> {
        TRY(Account current, m_book.find(account.id));
        if (current.status != AccountStatus::Valid) return noLongerValid();
        if (deactivate) {
            TRY_VOID(m_book.deactivate({current.id, m_clock.now()}));
        } else if (contacts) {
            TRY_VOID(m_book.changeContacts({current.id, *contacts}));
        } else {
            return current;
        }
        return m_book.find(current.id);
    });
}

// B30. The form of the request was judged before; what is left stands and falls with the store.
Result<std::variant<Account, Accounts::KeyTaken>> Accounts::changeKey(const Account& account, const jose::Jwk& oldKey,
                                                                      const jose::Jwk& newKey) {
    using Outcome = std::variant<Account, KeyTaken>;
    return decide([&]() -> Result<Outcome> {
        TRY(const Account current, m_book.find(account.id));
        if (current.status != AccountStatus::Valid) return noLongerValid();
        if (current.thumbprint != oldKey.thumbprint) {
            return fail(ErrorKind::Malformed, "oldKey is not the account's key");
        }
        TRY(const auto other, m_book.findByThumbprint(newKey.thumbprint));
        if (other) return Outcome(KeyTaken{other->id});
        TRY_VOID(m_book.changeKey({current.id, current.thumbprint, newKey.thumbprint, newKey.value.dump(),
                                   newKey.key.spkiSha256(), m_clock.now()}));
        TRY(Account changed, m_book.find(current.id));
        return Outcome(std::move(changed));
    });
}

Result<void> Accounts::agree(const AccountId& account) {
    return decide([&]() -> Result<void> {
        TRY(const Account current, m_book.find(account));
        if (current.status != AccountStatus::Valid) return noLongerValid();
        return m_book.agree({account, m_policy.termsOfService, m_clock.now()});
    });
}

}  // namespace mailca::ra
