#include <gtest/gtest.h>

#include "tests/enroll/support/registration.h"

namespace mailca::ra {
namespace {

class AccountsTest : public test::Registration {
 protected:
    Accounts accounts{accountBook, policy, clock, random};
    const jose::Jwk jwk = jose::toJwk(test::newKey().publicKey()).value();

    Accounts::Request request() const { return {jwk, {"mailto:alice@example.org"}, false, false}; }
};

TEST_F(AccountsTest, MakesOneAccountAKey) {  // B22
    const auto first = accounts.create(request());
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_TRUE(first->created);
    EXPECT_EQ(first->account.thumbprint, jwk.thumbprint);
    EXPECT_EQ(first->account.keySha256, jwk.key.spkiSha256());
    Accounts::Request other = request();
    other.contacts = {"mailto:other@example.org"};
    const auto second = accounts.create(other);
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->created);
    EXPECT_EQ(second->account.id, first->account.id);
    EXPECT_EQ(second->account.contacts, first->account.contacts) << "the request's fields are ignored";
}

TEST_F(AccountsTest, MakesNoneWhenOnlyAnExistingOneIsAskedFor) {  // B22
    Accounts::Request only = request();
    only.onlyExisting = true;
    EXPECT_EQ(accounts.create(only).error().kind, ErrorKind::AccountDoesNotExist);
}

TEST_F(AccountsTest, WantsTheTermsAgreedTo) {  // B25
    policy.termsOfService = "https://acme.example/terms";
    EXPECT_EQ(accounts.create(request()).error().kind, ErrorKind::UserActionRequired);
    Accounts::Request agreed = request();
    agreed.termsAgreed = true;
    const auto made = accounts.create(agreed);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->account.termsAgreedAt, clock.now());
}

struct ContactCase {
    std::vector<std::string> contacts;
    std::optional<ErrorKind> error;
};

TEST_F(AccountsTest, TakesOnlyMailtoContactsWithOneAddress) {  // B24
    const std::vector<ContactCase> cases{
        {{}, {}},
        {{"mailto:alice@example.org", "MAILTO:bob@example.org"}, {}},
        {{"mailto:a@example.org,b@example.org"}, ErrorKind::InvalidContact},
        {{"mailto:a@example.org?subject=x"}, ErrorKind::InvalidContact},
        {{"mailto:nobody"}, ErrorKind::InvalidContact},
        {{"tel:+123"}, ErrorKind::UnsupportedContact},
        {{"alice@example.org"}, ErrorKind::UnsupportedContact},
        {{"mailto:"}, ErrorKind::UnsupportedContact},
        {std::vector<std::string>(11, "mailto:a@example.org"), ErrorKind::InvalidContact},
    };
    for (const ContactCase& contact : cases) {
        Accounts::Request asked = request();
        asked.key = jose::toJwk(test::newKey().publicKey()).value();
        asked.contacts = contact.contacts;
        const auto made = accounts.create(asked);
        EXPECT_EQ(made.has_value(), !contact.error.has_value());
        if (!made) {
            EXPECT_EQ(made.error().kind, contact.error);
        }
    }
}

TEST_F(AccountsTest, FindsTheAccountThatSomebodyMadeMeanwhile) {
    accountBook.conflicts = 2;
    EXPECT_TRUE(accounts.create(request())->created);
    accountBook.conflicts = 3;
    Accounts::Request other = request();
    other.key = jose::toJwk(test::newKey().publicKey()).value();
    EXPECT_EQ(accounts.create(other).error().kind, ErrorKind::Unavailable) << "three times, then it is told";
}

TEST_F(AccountsTest, ChangesContactsAndDeactivates) {  // B27, B28, B51
    const auto changed = accounts.update(account, std::vector<std::string>{"mailto:new@example.org"}, false);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->contacts, std::vector<std::string>{"mailto:new@example.org"});
    EXPECT_EQ(accounts.update(account, std::nullopt, false)->contacts, changed->contacts);
    EXPECT_EQ(accounts.update(account, std::vector<std::string>{"x:y"}, false).error().kind,
              ErrorKind::UnsupportedContact);
    EXPECT_EQ(accounts.update(account, std::nullopt, true)->status, AccountStatus::Deactivated);
    EXPECT_EQ(accounts.update(account, std::nullopt, false).error().kind, ErrorKind::AccountDeactivated);
}

TEST_F(AccountsTest, GivesADeactivatedKeyNoAccountAgain) {  // B28
    const auto made = accounts.create(request());
    ASSERT_TRUE(accounts.update(made->account, std::nullopt, true));
    EXPECT_EQ(accounts.create(request()).error().kind, ErrorKind::AccountDeactivated);
}

TEST_F(AccountsTest, ChangesTheKeyThatItHas) {  // B30, checks 8 and 9
    const auto made = accounts.create(request());
    ASSERT_TRUE(made);
    const jose::Jwk fresh = jose::toJwk(test::newKey().publicKey()).value();
    EXPECT_EQ(accounts.changeKey(made->account, fresh, fresh).error().kind, ErrorKind::Malformed) << "not its old key";
    const auto changed = accounts.changeKey(made->account, jwk, fresh);
    ASSERT_TRUE(changed) << changed.error().text();
    const auto& after = std::get<Account>(*changed);
    EXPECT_EQ(after.id, made->account.id);
    EXPECT_EQ(after.thumbprint, fresh.thumbprint);
    EXPECT_EQ(after.jwk, fresh.value.dump());
    EXPECT_EQ(after.keySha256, fresh.key.spkiSha256());
    EXPECT_EQ(accounts.changeKey(made->account, jwk, fresh).error().kind, ErrorKind::Malformed)
        << "it has left already";
}

TEST_F(AccountsTest, SaysWhoHasTheNewKeyAlready) {  // B30
    const auto first = accounts.create(request());
    Accounts::Request other = request();
    other.key = jose::toJwk(test::newKey().publicKey()).value();
    const auto second = accounts.create(other);
    for (const jose::Jwk& taken : {jwk, other.key}) {
        const auto outcome = accounts.changeKey(first->account, jwk, taken);
        ASSERT_TRUE(outcome);
        const auto* by = std::get_if<Accounts::KeyTaken>(&*outcome);
        ASSERT_NE(by, nullptr);
        EXPECT_EQ(by->by, taken.thumbprint == jwk.thumbprint ? first->account.id : second->account.id);
    }
}

TEST_F(AccountsTest, ChangesNoKeyOfADeactivatedAccount) {
    const auto made = accounts.create(request());
    ASSERT_TRUE(accounts.update(made->account, std::nullopt, true));
    const jose::Jwk fresh = jose::toJwk(test::newKey().publicKey()).value();
    EXPECT_EQ(accounts.changeKey(made->account, jwk, fresh).error().kind, ErrorKind::AccountDeactivated);
}

TEST_F(AccountsTest, RemembersWhichTermsWereAgreedTo) {  // B25
    policy.termsOfService = "https://acme.example/terms/1";
    Accounts::Request agreed = request();
    agreed.termsAgreed = true;
    const auto made = accounts.create(agreed);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->account.terms, policy.termsOfService);
    policy.termsOfService = "https://acme.example/terms/2";
    ASSERT_TRUE(accounts.agree(made->account.id));
    EXPECT_EQ(accountBook.accounts.at(made->account.id).terms, policy.termsOfService);
}

}  // namespace
}  // namespace mailca::ra
