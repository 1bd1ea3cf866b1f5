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

Accounts::Accounts(AccountBook& book, const Policy& policy, const Clock& clock, Random& random)
    : m_book(book), m_policy(policy), m_clock(clock), m_random(random) {}

Result<Accounts::Answer> Accounts::create(const Request& request) {
    return decide([&]() -> Result<Answer> {
        TRY(const auto existing, m_book.findByThumbprint(request.key.thumbprint));
        if (existing && existing->status != AccountStatus::Valid) return noLongerValid();
        if (existing) return Answer{*existing, false};  // B22: what the request says besides is ignored
        if (request.onlyExisting) {
            return fail(ErrorKind::AccountDoesNotExist, "there is no account with this key");
        }
        if (m_policy.termsRequired && !request.termsAgreed) {  // B25
            return fail(ErrorKind::UserActionRequired,
                        "the terms of service must be agreed to: send termsOfServiceAgreed: true");
        }
        TRY_VOID(checkContacts(request.contacts));
        const Time now = m_clock.now();
        const Account account{.id = AccountId::random(m_random),
                              .thumbprint = request.key.thumbprint,
                              .jwk = request.key.value.dump(),
                              .keySha256 = request.key.key.spkiSha256(),
                              .contacts = request.contacts,
                              .status = AccountStatus::Valid,
                              .termsAgreedAt = request.termsAgreed ? std::optional(now) : std::nullopt,
                              .createdAt = now};
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

}  // namespace mailca::ra
