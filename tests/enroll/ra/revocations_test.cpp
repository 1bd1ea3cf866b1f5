#include <gtest/gtest.h>

#include "tests/enroll/support/registration.h"

namespace mailca::ra {
namespace {

class MemoryCertificates final : public CertificateBook {
 public:
    std::vector<CertificateRecord> records;
    std::vector<Revocation> revocations;
    std::set<AccountId> holders;  // of an authorization for any mailbox
    int conflicts = 0;

    Result<CertificateRecord> find(const CertificateId&) override { return fail(ErrorKind::NotFound, "not asked"); }
    Result<std::optional<CertificateRecord>> findByDer(const Bytes& der) override {
        for (const auto& record : records) {
            if (record.der == der) return std::optional(record);
        }
        return std::optional<CertificateRecord>{};
    }
    Result<std::vector<CertificateRecord>> findBySerial(const Serial&) override { return records; }
    Result<std::vector<CertificateRecord>> findByMailbox(const EmailAddress&) override { return records; }
    Result<std::vector<CertificateRecord>> findSet(const std::string&, const Serial&) override { return records; }
    Result<bool> holdsAuthorization(const AccountId& account, const EmailAddress&, Time) override {
        return holders.contains(account);
    }
    Result<void> revoke(const Revocation& revocation) override {
        if (conflicts-- > 0) return fail(ErrorKind::Conflict, "meanwhile");
        revocations.push_back(revocation);
        records.front().state = Revoked{revocation.at, revocation.reason};
        return {};
    }
};

class RevocationsTest : public test::Registration {
 protected:
    MemoryCertificates book;
    Revocations revocations{book, clock};
    const crypto::PrivateKey key = test::newKey();
    const Bytes der = toBytes("the certificate");

    RevocationsTest() {
        book.records.push_back({.id = CertificateId::random(random),
                                .order = OrderId::random(random),
                                .account = account.id,
                                .mailbox = test::address("alice@example.org"),
                                .serial = Serial::random(random),
                                .issuer = "smime-1",
                                .profile = "smime-sign",
                                .der = der,
                                .spkiSha256 = key.publicKey().spkiSha256(),
                                .notBefore = clock.now(),
                                .notAfter = clock.now() + 24h,
                                .state = Live{}});
    }
};

TEST_F(RevocationsTest, ByTheIssuingAccount) {  // B45, B46
    ASSERT_TRUE(revocations.revoke(account, der, 4));
    EXPECT_EQ(book.revocations[0].reason, 4);
    EXPECT_EQ(book.revocations[0].by, RevokedBy::Account);
    EXPECT_EQ(revocations.revoke(account, der, 4).error().kind, ErrorKind::AlreadyRevoked);
}

TEST_F(RevocationsTest, ByTheCertificatesKey) {  // B45
    EXPECT_EQ(revocations.revoke(test::newKey().publicKey(), der, {}).error().kind, ErrorKind::Unauthorized);
    ASSERT_TRUE(revocations.revoke(key.publicKey(), der, {}));
    EXPECT_EQ(book.revocations[0].by, RevokedBy::CertificateKey);
    EXPECT_FALSE(book.revocations[0].reason);
}

TEST_F(RevocationsTest, ByAnotherAccountOnlyWithTheMailboxAndAsReason5) {  // B45, B47
    const Account stranger = newAccount("other");
    EXPECT_EQ(revocations.revoke(stranger, der, 1).error().kind, ErrorKind::Unauthorized);
    book.holders.insert(stranger.id);
    ASSERT_TRUE(revocations.revoke(stranger, der, 1));
    EXPECT_EQ(book.revocations[0].reason, 5);
    EXPECT_EQ(book.revocations[0].by, RevokedBy::AuthorizedAccount);
    EXPECT_FALSE(book.revocations[0].blockKey);
}

TEST_F(RevocationsTest, TakeTheReasonsOfTheAllowList) {  // B46, B47, D50
    for (const int reason : {-1, 2, 6, 7, 8, 10, 11}) {
        const auto refused = revocations.revoke(account, der, reason);
        ASSERT_FALSE(refused) << reason;
        EXPECT_EQ(refused.error().kind, ErrorKind::BadRevocationReason);
        EXPECT_NE(refused.error().detail.find("0, 1, 3, 4, 5 and 9"), std::string::npos);
    }
    for (const int reason : {1, 3, 4, 5, 9}) {
        book.records.front().state = Live{};
        ASSERT_TRUE(revocations.revoke(account, der, reason));
        EXPECT_EQ(book.revocations.back().reason, reason);
    }
    book.records.front().state = Live{};
    ASSERT_TRUE(revocations.revoke(account, der, 0));
    EXPECT_FALSE(book.revocations.back().reason) << "0 is left out";
}

TEST_F(RevocationsTest, BlockAKeyOnlyOnItsOwnWord) {  // B47
    ASSERT_TRUE(revocations.revoke(account, der, 1));
    EXPECT_FALSE(book.revocations.back().blockKey);
    book.records.front().state = Live{};
    ASSERT_TRUE(revocations.revoke(key.publicKey(), der, 1));
    EXPECT_TRUE(book.revocations.back().blockKey);
    book.records.front().state = Live{};
    ASSERT_TRUE(revocations.revoke(key.publicKey(), der, 4));
    EXPECT_FALSE(book.revocations.back().blockKey);
    const Account stranger = newAccount("other");
    book.holders.insert(stranger.id);
    book.records.front().state = Live{};
    ASSERT_TRUE(revocations.revoke(stranger, der, 1));
    EXPECT_FALSE(book.revocations.back().blockKey);
}

// B45 to B47 as one table: who asks, and every code of RFC 5280 section 5.3.1.
TEST_F(RevocationsTest, EveryRequesterWithEveryReason) {
    const Account holder = newAccount("holder"), stranger = newAccount("stranger");
    book.holders.insert(holder.id);
    const struct {
        std::string who;
        Revocations::Requester requester;
        bool may;
        RevokedBy by;
        std::optional<int> always;  // what is recorded, whatever is asked
    } requesters[] = {
        {"its account", account, true, RevokedBy::Account, {}},
        {"its key", key.publicKey(), true, RevokedBy::CertificateKey, {}},
        {"who proved the mailbox", holder, true, RevokedBy::AuthorizedAccount, 5},
        {"another account", stranger, false, {}, {}},
        {"another key", test::newKey().publicKey(), false, {}, {}},
    };
    const std::set<int> allowed{0, 1, 3, 4, 5, 9};
    for (const auto& row : requesters) {
        for (int reason = -1; reason <= 11; ++reason) {
            book.records.front().state = Live{};
            book.revocations.clear();
            const auto done = revocations.revoke(row.requester, der, reason);
            const std::string what = row.who + ", " + std::to_string(reason);
            if (!row.may || !allowed.contains(reason)) {
                ASSERT_FALSE(done) << what;
                EXPECT_EQ(done.error().kind, row.may ? ErrorKind::BadRevocationReason : ErrorKind::Unauthorized)
                    << what;
                EXPECT_TRUE(book.revocations.empty()) << what;
                continue;
            }
            ASSERT_TRUE(done) << what;
            const std::optional<int> asked = reason == 0 ? std::nullopt : std::optional(reason);
            EXPECT_EQ(book.revocations[0].reason, row.always ? row.always : asked) << what;
            EXPECT_EQ(book.revocations[0].by, row.by) << what;
            EXPECT_EQ(book.revocations[0].blockKey, row.by == RevokedBy::CertificateKey && reason == 1) << what;
            const auto again = revocations.revoke(row.requester, der, reason);
            EXPECT_EQ(again.error().kind, ErrorKind::AlreadyRevoked) << what;
            EXPECT_EQ(revocations.revoke(stranger, der, reason).error().kind, ErrorKind::Unauthorized)
                << what << ": what became of it is nobody else's business";
        }
    }
}

TEST_F(RevocationsTest, KnowOnlyOurCertificates) {  // B46
    EXPECT_EQ(revocations.revoke(account, toBytes("another"), {}).error().kind, ErrorKind::NotFound);
}

TEST_F(RevocationsTest, ReadAgainOnConflict) {
    book.conflicts = 2;
    EXPECT_TRUE(revocations.revoke(account, der, {}));
    book.records.front().state = Live{};
    book.conflicts = 3;
    EXPECT_EQ(revocations.revoke(account, der, {}).error().kind, ErrorKind::Unavailable);
}

TEST_F(RevocationsTest, ListsForWhoeverProvedTheMailbox) {  // B45
    const EmailAddress alice = EmailAddress::parse("alice@example.org").value();
    const auto refused = revocations.list(account, alice);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Unauthorized);
    book.holders.insert(account.id);
    EXPECT_EQ(revocations.list(account, alice)->size(), book.records.size());
}

}  // namespace
}  // namespace mailca::ra
