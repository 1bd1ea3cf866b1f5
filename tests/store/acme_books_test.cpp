// What RFC 8555 asks of accounts and orders beyond the plain walk: key change, external accounts, lists, reuse,
// deactivation, replacement.
#include <gtest/gtest.h>

#include <set>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

class AcmeBooks : public ::testing::Test {
 protected:
    ~AcmeBooks() override { EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>{}); }

    ra::KeyChange keyChange(const ra::Account& account) {
        return {account.id,         account.thumbprint,       scene.random().token(32),
                R"({"kty":"OKP"})", scene.random().bytes(32), scene.now()};
    }
    ra::ExternalKey externalKey(std::optional<int> mostUses = std::nullopt) {
        ra::ExternalKey key{.id = scene.random().token(16),
                            .comment = "Example GmbH",
                            .allowed = {"example.org", "bob@example.net"},
                            .mostUses = mostUses,
                            .createdAt = scene.now()};
        must(scene.store().externalAccounts().create(key));
        return key;
    }
    ra::Account draftAccount(const ra::ExternalKey& key) {
        return {.id = AccountId::random(scene.random()),
                .thumbprint = scene.random().token(32),
                .jwk = "{}",
                .keySha256 = scene.random().bytes(32),
                .contacts = {},
                .status = ra::AccountStatus::Valid,
                .termsAgreedAt = scene.now(),
                .createdAt = scene.now(),
                .terms = "https://ca.example/terms/1",
                .external = ra::ExternalAccount{key.id, R"({"protected":"e30"})", {}}};
    }
    std::vector<OrderId> list(const AccountId& account, const std::optional<OrderId>& after = {}, int limit = 100) {
        return must(scene.store().orders().list({account, after, scene.now(), limit}));
    }
    // With `reuse` on: valid for a week once it is.
    ra::NewOrder reusable(const AccountId& account) {
        ra::NewOrder made = scene.draftOrder(account);
        made.authorization.validUntil = scene.now() + 24h * 7;
        must(scene.store().orders().create(made));
        scene.validate(made);
        return made;
    }
    ra::NewOrder reusing(const ra::NewOrder& first) {
        ra::NewOrder draft = scene.draftOrder(first.order.account);
        draft.authorization = first.authorization;
        draft.order.authorization = first.authorization.id;
        draft.origin = ra::AuthorizationOrigin::Reused;
        return draft;
    }

    Scene scene;
};

TEST_F(AcmeBooks, GiveAnAccountItsNewKeyAndOnlyThat) {  // B30
    const ra::Account account = scene.account();
    const ra::NewOrder pending = scene.order(account.id);
    const ra::KeyChange change = keyChange(account);
    must(scene.store().accounts().changeKey(change));
    const ra::Account after = must(scene.store().accounts().find(account.id));
    EXPECT_EQ(after.thumbprint, change.thumbprint);
    EXPECT_EQ(after.jwk, change.jwk);
    EXPECT_EQ(must(scene.store().accounts().findByThumbprint(account.thumbprint)), std::nullopt);
    EXPECT_TRUE(must(scene.store().accounts().isAccountKey(change.keySha256)));
    EXPECT_FALSE(must(scene.store().accounts().isAccountKey(account.keySha256)));
    scene.validate(pending);  // what was pending survives
    must(scene.store().orders().finalize(scene.finalization(pending)));
}

TEST_F(AcmeBooks, ChangeNoKeyThatIsGoneOrTakenOrOfADeactivatedAccount) {  // B30
    const ra::Account account = scene.account();
    const ra::Account other = scene.account();
    ra::KeyChange taken = keyChange(account);
    taken.thumbprint = other.thumbprint;
    EXPECT_EQ(kindOf(scene.store().accounts().changeKey(taken)), ErrorKind::Conflict);
    const ra::KeyChange change = keyChange(account);
    must(scene.store().accounts().changeKey(change));
    EXPECT_EQ(kindOf(scene.store().accounts().changeKey(change)), ErrorKind::Conflict) << "another key by now";
    must(scene.store().accounts().deactivate({other.id, scene.now()}));
    EXPECT_EQ(kindOf(scene.store().accounts().changeKey(keyChange(other))), ErrorKind::Conflict);
}

TEST_F(AcmeBooks, TellWhoAwaitsAReplyThatTheKeyChanged) {  // A13
    const ra::Account account = scene.account();
    ra::NewOrder order = scene.draftOrder(account.id);
    order.authorization.challenge.thumbprint = account.thumbprint;
    must(scene.store().orders().create(order));
    scene.release(order);
    const ra::MailSend send = scene.draftSend(order);
    must(scene.store().mails().recordSend(send));
    const auto awaited = [&] { return must(scene.store().replies().findByPart1(send.part1Sha256)).value(); };
    EXPECT_EQ(awaited().newThumbprint, "");
    EXPECT_EQ(awaited().tokenPart2, order.authorization.challenge.tokenPart2);
    const ra::KeyChange change = keyChange(account);
    must(scene.store().accounts().changeKey(change));
    EXPECT_EQ(awaited().newThumbprint, change.thumbprint);
    EXPECT_EQ(awaited().digest, send.digest) << "the answer under the old key stays right";
}

TEST_F(AcmeBooks, KeepExternalKeysAndCountTheirUses) {  // B29
    const ra::ExternalKey key = externalKey(1);
    const ra::Account first = draftAccount(key);
    must(scene.store().accounts().create(first));
    const ra::ExternalKey read = must(scene.store().externalAccounts().find(key.id)).value();
    EXPECT_EQ(read.comment, key.comment);
    EXPECT_EQ(read.allowed, key.allowed);
    EXPECT_EQ(read.mostUses, 1);
    EXPECT_EQ(read.uses, 1);
    const ra::Account after = must(scene.store().accounts().find(first.id));
    EXPECT_EQ(after.external->keyId, key.id);
    EXPECT_EQ(after.external->binding, first.external->binding);
    EXPECT_EQ(after.external->allowed, key.allowed);
    EXPECT_FALSE(after.external->revoked);
    EXPECT_EQ(after.terms, first.terms);
    const ra::Account second = draftAccount(key);
    EXPECT_EQ(kindOf(scene.store().accounts().create(second)), ErrorKind::Unauthorized) << "for one account only";
    EXPECT_EQ(kindOf(scene.store().accounts().find(second.id)), ErrorKind::AccountDoesNotExist);
}

TEST_F(AcmeBooks, LeaveAKeyUnusedWhoseAccountWasNotMade) {
    const ra::ExternalKey key = externalKey(1);
    ra::Account taken = draftAccount(key);
    taken.thumbprint = scene.account().thumbprint;
    EXPECT_EQ(kindOf(scene.store().accounts().create(taken)), ErrorKind::Conflict);
    EXPECT_EQ(must(scene.store().externalAccounts().find(key.id))->uses, 0);
}

TEST_F(AcmeBooks, RevokeExternalKeysForAccountsNewAndOld) {
    const ra::ExternalKey key = externalKey();
    const ra::Account made = draftAccount(key);
    must(scene.store().accounts().create(made));
    must(scene.store().externalAccounts().revoke({key.id, scene.now()}));
    EXPECT_EQ(kindOf(scene.store().accounts().create(draftAccount(key))), ErrorKind::Unauthorized);
    EXPECT_TRUE(must(scene.store().accounts().find(made.id)).external->revoked);
    EXPECT_EQ(kindOf(scene.store().externalAccounts().revoke({key.id, scene.now()})), ErrorKind::NotFound);
    EXPECT_EQ(must(scene.store().externalAccounts().list()).at(0).revokedAt, scene.now());
    EXPECT_EQ(must(scene.store().externalAccounts().find("nobody")).has_value(), false);
}

TEST_F(AcmeBooks, RecordWhichTermsWereAgreedTo) {  // B25
    const ra::Account account = scene.account();
    scene.clock().advance(1h);
    must(scene.store().accounts().agree({account.id, "https://ca.example/terms/2", scene.now()}));
    const ra::Account after = must(scene.store().accounts().find(account.id));
    EXPECT_EQ(after.terms, "https://ca.example/terms/2");
    EXPECT_EQ(after.termsAgreedAt, scene.now());
    must(scene.store().accounts().deactivate({account.id, scene.now()}));
    EXPECT_EQ(kindOf(scene.store().accounts().agree({account.id, "x", scene.now()})), ErrorKind::Conflict);
}

TEST_F(AcmeBooks, ListAnAccountsOrdersButTheInvalidOnes) {  // B31
    const AccountId account = scene.account().id;
    const ra::IssuedOrder finished = scene.issue(account);
    const ra::NewOrder expired = scene.order(account);
    const ra::NewOrder failed = scene.processingOrder(account);
    must(scene.store().issuance().recordFailure({failed.order.id, scene.now(), fail(ErrorKind::Caa, "no")}));
    scene.clock().advance(23h);
    const ra::NewOrder ended = scene.order(account);
    must(scene.store().orders().deactivate({ended.authorization.id, account, scene.now()}));
    const ra::NewOrder processing = scene.processingOrder(account);
    const ra::NewOrder pending = scene.order(account);
    scene.order(scene.account().id);  // another's
    scene.clock().advance(1h);
    const std::vector<OrderId> all{pending.order.id, processing.order.id, finished.order};
    EXPECT_EQ(list(account), all) << "newest first";
    EXPECT_EQ(list(account, {}, 2), (std::vector<OrderId>{all[0], all[1]}));
    EXPECT_EQ(list(account, all[1]), (std::vector<OrderId>{all[2]}));
    EXPECT_EQ(list(account, all[2]), std::vector<OrderId>{});
    const AccountId stranger = scene.account().id;
    EXPECT_EQ(kindOf(scene.store().orders().list({stranger, all[0], scene.now(), 9})), ErrorKind::NotFound);
}

// Whatever the list leaves out is invalid, and nothing else is: the condition in SQL says what Order::status says.
TEST_F(AcmeBooks, ListWhatTheOrdersSayOfThemselves) {
    const AccountId account = scene.account().id;
    std::vector<ra::NewOrder> orders{scene.order(account), reusable(account), scene.processingOrder(account)};
    orders.push_back(scene.order(account));
    must(scene.store().replies().record(
        scene.reply(ra::Unverifiable{orders.back().authorization.challenge.id, fail(ErrorKind::Dns, "no")})));
    orders.push_back(reusable(account));
    must(scene.store().orders().deactivate({orders.back().authorization.id, account, scene.now()}));
    orders.push_back(reusing(orders[1]));
    must(scene.store().orders().create(orders.back()));
    for (const auto& later : {0h, 23h, 1h, 24h * 7}) {
        scene.clock().advance(later);
        std::set<OrderId> expected;
        for (const ra::NewOrder& order : orders) {
            const ra::OrderView view = must(scene.store().orders().find(order.order.id));
            if (view.order.status(view.authorization, scene.now()) != ra::OrderStatus::Invalid) {
                expected.insert(order.order.id);
            }
        }
        const auto listed = list(account);
        EXPECT_EQ(std::set<OrderId>(listed.begin(), listed.end()), expected);
    }
}

TEST_F(AcmeBooks, DeactivateAnAuthorizationOnce) {  // B39, B49
    const AccountId account = scene.account().id;
    const ra::NewOrder order = scene.order(account);
    scene.release(order);
    const ra::AuthorizationDeactivation end{order.authorization.id, account, scene.now()};
    must(scene.store().orders().deactivate(end));
    EXPECT_EQ(kindOf(scene.store().orders().deactivate(end)), ErrorKind::Conflict);
    EXPECT_TRUE(must(scene.store().mails().waiting(scene.now(), 10)).empty()) << "no mail goes any more";
    EXPECT_EQ(kindOf(scene.store().orders().postChallenge({order.authorization.challenge.id, scene.now()})),
              ErrorKind::Conflict);
    const ra::NewOrder ready = reusable(account);
    must(scene.store().orders().deactivate({ready.authorization.id, account, scene.now() + 24h * 6}));
    EXPECT_EQ(kindOf(scene.store().orders().finalize(scene.finalization(ready))), ErrorKind::Conflict);
    const ra::NewOrder late = scene.order(account);
    EXPECT_EQ(kindOf(scene.store().orders().deactivate({late.authorization.id, account, scene.now() + 24h})),
              ErrorKind::Conflict);
}

TEST_F(AcmeBooks, StopAnOrderInProgressWhoseAuthorizationIsGivenUp) {  // B52
    const ra::NewOrder order = scene.processingOrder(scene.account().id);
    must(scene.store().orders().deactivate({order.authorization.id, order.order.account, scene.now()}));
    EXPECT_EQ(kindOf(scene.store().issuance().recordIntents(scene.intents(order))), ErrorKind::Unauthorized);
}

TEST_F(AcmeBooks, StopAnOrderInProgressWhoseExternalKeyIsRevoked) {  // B29
    const ra::ExternalKey key = externalKey();
    const ra::Account account = draftAccount(key);
    must(scene.store().accounts().create(account));
    const ra::NewOrder order = scene.processingOrder(account.id);
    must(scene.store().externalAccounts().revoke({key.id, scene.now()}));
    EXPECT_EQ(kindOf(scene.store().issuance().recordIntents(scene.intents(order))), ErrorKind::Unauthorized);
}

TEST_F(AcmeBooks, ReuseAnAuthorizationWhileItIsValid) {  // design section 5
    const ra::Account account = scene.account();
    const ra::NewOrder first = reusable(account.id);
    const ra::Identifier& identifier = first.order.identifier;
    const auto found = [&](const AccountId& of, const ra::Identifier& what, seconds later) {
        const auto valid = must(scene.store().orders().findValid(of, what, scene.now() + later));
        return valid ? std::optional(valid->id) : std::nullopt;
    };
    EXPECT_EQ(found(account.id, identifier, 24h * 6), first.authorization.id);
    EXPECT_EQ(found(account.id, identifier, 24h * 7), std::nullopt);
    EXPECT_EQ(found(scene.account().id, identifier, 0s), std::nullopt);
    ra::Identifier spelled = identifier;
    spelled.value = "alice@EXAMPLE.org";
    EXPECT_EQ(found(account.id, spelled, 0s), std::nullopt) << "its identifier is echoed as it was sent";

    scene.clock().advance(24h * 6);
    const ra::NewOrder second = reusing(first);
    must(scene.store().orders().create(second));
    must(scene.store().orders().finalize(scene.finalization(second)));
    const ca::IntentsOfOrder intents = scene.intents(second);
    must(scene.store().issuance().recordIntents(intents));
    must(scene.store().issuance().recordIssued(scene.issuedFrom(second, intents)));
    scene.clock().advance(24h);
    EXPECT_EQ(kindOf(scene.store().orders().create(reusing(first))), ErrorKind::Conflict);
}

TEST_F(AcmeBooks, ReuseNothingOfAnotherAccountNorWhatIsOnlyPending) {
    const ra::NewOrder first = reusable(scene.account().id);
    ra::NewOrder foreign = reusing(first);
    foreign.order.account = scene.account().id;
    EXPECT_EQ(kindOf(scene.store().orders().create(foreign)), ErrorKind::Conflict);
    EXPECT_EQ(kindOf(scene.store().orders().create(reusing(scene.order(first.order.account)))), ErrorKind::Conflict);
}

TEST_F(AcmeBooks, TakeAnAuthorizationWithoutAnOrder) {  // B21
    const ra::NewOrder draft = scene.draftOrder(scene.account().id);
    must(scene.store().orders().createAuthorization(draft.authorization));
    scene.validate(draft);
    EXPECT_EQ(must(scene.store().orders().findValid(draft.order.account, draft.order.identifier, scene.now()))->id,
              draft.authorization.id);
    must(scene.store().orders().create(reusing(draft)));
}

TEST_F(AcmeBooks, ReplaceASetOnce) {  // C5
    const AccountId account = scene.account().id;
    const ra::IssuedOrder issued = scene.issue(account);
    const auto replacing = [&] {
        ra::NewOrder draft = scene.draftOrder(account);
        draft.order.replaces = "aki.serial";
        draft.replaced = issued.order;
        return draft;
    };
    const ra::NewOrder first = replacing();
    must(scene.store().orders().create(first));
    EXPECT_EQ(must(scene.store().orders().find(first.order.id)).order.replaces, "aki.serial");
    EXPECT_EQ(kindOf(scene.store().orders().create(replacing())), ErrorKind::AlreadyReplaced);
    must(scene.store().orders().deactivate({first.authorization.id, account, scene.now()}));
    const ra::NewOrder second = replacing();  // the first is invalid by now
    must(scene.store().orders().create(second));
    scene.clock().advance(24h);
    const ra::NewOrder third = replacing();  // the second expired
    must(scene.store().orders().create(third));
    scene.validate(third);
    must(scene.store().orders().finalize(scene.finalization(third)));
    scene.clock().advance(1000h);
    EXPECT_EQ(kindOf(scene.store().orders().create(replacing())), ErrorKind::AlreadyReplaced);
}

TEST_F(AcmeBooks, FindTheSetThatACertificateCameWith) {  // RFC 9773 for bundles
    const AccountId account = scene.account().id;
    const ra::IssuedOrder issued = scene.issue(account);
    scene.issue(account);  // another set
    for (const ra::IssuedItem& item : issued.items) {
        const auto set = must(scene.store().certificates().findSet(item.record.issuer, item.record.serial));
        ASSERT_EQ(set.size(), 2U);
        EXPECT_EQ(set[0].serial, issued.items[0].record.serial);
        EXPECT_EQ(set[1].serial, issued.items[1].record.serial);
        EXPECT_EQ(set[0].order, issued.order);
    }
    EXPECT_TRUE(must(scene.store().certificates().findSet("other", issued.items[0].record.serial)).empty());
    EXPECT_TRUE(must(scene.store().certificates().findSet("smime-1", Serial::random(scene.random()))).empty());
}

}  // namespace
}  // namespace mailca::test
