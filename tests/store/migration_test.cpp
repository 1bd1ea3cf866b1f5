// A database of the first schema, as a mailcad of then left it, opened by this one.
#include <gtest/gtest.h>

#include "core/x509/certificate.h"
#include "store/audit_reader.h"
#include "store/schema/migrations.h"
#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

const std::string kIds[] = {"AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAQ", "AAAAAAAAAAAAAAAAAAAAAg",
                            "AAAAAAAAAAAAAAAAAAAAAw", "AAAAAAAAAAAAAAAAAAAABA", "AAAAAAAAAAAAAAAAAAAABQ"};
const std::string kDigest(43, 'A');
const std::string kJwk = R"({"crv":"P-256","kty":"EC","x":"x","y":"y"})";

x509::Certificate alice() {
    return must(x509::Certificate::fromPem(readFile(dataFile("x509/alice.pem"))));
}

// One finished enrollment by alice, whose identifier was written otherwise than her mailbox, and an open one by bob.
void fillFirstSchema(store::sqlite::Connection& db) {
    const auto run = [&db](std::string_view sql, std::initializer_list<store::sqlite::Value> values = {}) {
        must(db.run(sql, values));
    };
    const std::string& account = kIds[0];
    const std::string &authorization = kIds[1], &challenge = kIds[2], &order = kIds[3], &certificate = kIds[4];
    const Bytes der = alice().der();
    run("INSERT INTO accounts VALUES (1, ?1, ?2, ?3, ?4, '[]', 0, 5, 5)", {account, kDigest, kJwk, Bytes(32, 1)});
    run("INSERT INTO authorizations VALUES (1, ?1, 1, 0, 'alice@EXAMPLE.org', 'alice@example.org', 'example.org', 5,"
        " 4000000000, NULL)",
        {authorization});
    run("INSERT INTO authorizations VALUES (2, ?1, 1, 0, 'bob@example.org', 'bob@example.org', 'example.org', 5,"
        " 4000000000, NULL)",
        {kIds[5]});
    run("INSERT INTO challenges VALUES (1, ?1, ?2, 'acme@ca.example', ?3, 6, NULL, 1, 7, 7, 8, 0, 0, NULL, NULL, NULL)",
        {challenge, kDigest, kDigest});
    run("INSERT INTO challenges VALUES (2, ?1, ?2, 'acme@ca.example', ?3, 6, 6, 0, NULL, NULL, NULL, NULL, 0, NULL,"
        " NULL, NULL)",
        {kIds[5], kDigest, kDigest});
    run("INSERT INTO challenge_mails VALUES (1, 1, ?1, ?2, 'm@ca.example', 'e@ca.example', 6)",
        {Bytes(32, 2), kDigest});
    run("INSERT INTO judged_replies VALUES (1, ?1, 'one', 8, 1, 0, 1, 'it proves', '{}')", {Bytes(32, 3)});
    run("INSERT INTO judged_replies VALUES (2, ?1, 'two', 8, 1, 2, 0, 'too late', '{}')", {Bytes(32, 4)});
    run("INSERT INTO judged_replies VALUES (3, ?1, 'three', 9, NULL, 2, 0, 'too late', '{}')", {Bytes(32, 5)});
    run("INSERT INTO orders VALUES (1, ?1, 1, 1, 'smime-dual', 5, 4000000000, 2, 9, NULL, NULL)", {order});
    run("INSERT INTO orders VALUES (2, ?1, 1, 2, 'smime-dual', 5, 4000000000, 0, 5, NULL, NULL)", {kIds[5]});
    run("INSERT INTO certificates VALUES (1, ?1, 1, 'alice@example.org', ?2, 'smime-1', 0, 'smime-dual', ?3, ?4, ?5, "
        "NULL,"
        " NULL, ?6)",
        {certificate, alice().serial(), alice().publicKey().spkiSha256(), alice().notBefore(), alice().notAfter(),
         der});
    run("INSERT INTO order_items VALUES (1, 0, 'smime-dual', NULL, 1), (2, 0, 'smime-dual', NULL, NULL)");
    run("INSERT INTO exchange_entries VALUES (1, 'alice@example.org', 1, 0, 3, 'RSA-2048', 9, NULL)");
    run("INSERT INTO feed VALUES (1, 9, 0, 1)");
    run("INSERT INTO audit VALUES (1, 9, 'mailcad', 'order.issued', ?1, '{}')", {order});
}

class FirstSchema : public ::testing::Test {
 protected:
    FirstSchema() {
        writeFile(path(), "");
        store::sqlite::Connection db = must(store::sqlite::Connection::open(path(), store::sqlite::Access::ReadWrite));
        must(store::schema::migrate(db, store::schema::migrations().first(1)));
        fillFirstSchema(db);
    }
    std::string path() const { return m_dir.file("mailca.db"); }
    template <typename SomeId>
    static SomeId id(int number) {
        return must(SomeId::parse(kIds[number]));
    }

 private:
    TempDir m_dir;
};

TEST_F(FirstSchema, ComesThroughWithAllThatItHeld) {
    const auto store = must(store::Store::open(path(), {&shardOf, {}}));
    EXPECT_EQ(CheckInvariants(path()), std::vector<std::string>{});
    EXPECT_EQ(must(store::checkLog(path(), std::nullopt)).check.head()->nr, 1) << "what was there is chained";

    const ra::Account account = must(store->accounts().find(id<AccountId>(0)));
    EXPECT_EQ(account.jwk, kJwk);
    EXPECT_EQ(account.thumbprint, kDigest);
    EXPECT_TRUE(must(store->accounts().findByThumbprint(kDigest)));
    EXPECT_TRUE(must(store->accounts().isAccountKey(Bytes(32, 1))));
    EXPECT_FALSE(must(store->accounts().isAccountKey(Bytes(32, 2))));

    const ra::OrderView finished = must(store->orders().find(id<OrderId>(3)));
    EXPECT_EQ(finished.order.identifier.value, "alice@EXAMPLE.org");
    EXPECT_EQ(finished.order.identifier.mailbox, mailbox());
    EXPECT_EQ(finished.order.items.at(0).profile, "smime-dual");
    EXPECT_EQ(finished.authorization.challenge.tokenPart2, kDigest);
    EXPECT_EQ(finished.authorization.challenge.from, mailbox("acme@ca.example"));
    EXPECT_EQ(std::get<ra::Finished>(finished.order.state).certificates.at(0), id<CertificateId>(4));
    EXPECT_EQ(must(store->orders().find(id<OrderId>(5))).order.identifier.value, "bob@example.org");
    EXPECT_EQ(must(store->replies().findByPart1(Bytes(32, 2)))->digest, kDigest);

    const ra::CertificateRecord certificate = must(store->certificates().find(id<CertificateId>(4)));
    EXPECT_EQ(certificate.der, alice().der());
    EXPECT_EQ(certificate.spkiSha256, alice().publicKey().spkiSha256());
    EXPECT_EQ(certificate.mailbox, mailbox());
    EXPECT_EQ(must(store->directory().lookup(mailbox(), {exchange::Role::Encrypt}, alice().notBefore())).size(), 1u);
    const Bytes key = alice().publicKey().spkiSha256();
    EXPECT_EQ(must(store->blockedKeys().block({key, "", fromUnix(10)})).certificates.at(0).id, id<CertificateId>(4));
}

TEST_F(FirstSchema, GoesOnWithItsWork) {
    const auto store = must(store::Store::open(path(), {&shardOf, {}}));
    const ChallengeId open = id<ChallengeId>(5);
    EXPECT_EQ(must(store->mails().waiting(fromUnix(10), 10)).at(0).challenge, open);
    must(store->mails().recordSend({open, Bytes(32, 6), kDigest, "id@ca.example", "e@ca.example", fromUnix(10)}));
    must(store->replies().record({"again", Bytes(32, 4), fromUnix(10), "another reason", "{}", ra::Proves{open, {}}}));
    EXPECT_FALSE(must(store->orders().findByChallenge(open)).challenge.provenAt) << "that mail was judged before";
    must(store->replies().record({"four", Bytes(32, 7), fromUnix(10), "too late", "{}", ra::ProvesNothing{}}));
    must(store->certificates().revoke({id<CertificateId>(4), 1, fromUnix(10), ra::RevokedBy::Account, true}));
    EXPECT_TRUE(must(store->directory().lookup(mailbox(), {exchange::Role::Sign}, alice().notBefore())).empty());
    EXPECT_EQ(CheckInvariants(path()), std::vector<std::string>{});
    EXPECT_EQ(must(store->database().read([](store::sqlite::Connection& db) {
                  return db.first("SELECT count(*) FROM findings", {}, [](const auto& row) { return row.integer(0); });
              })),
              2);
}

TEST_F(FirstSchema, ThatPointsNowhereIsLeftAsItWas) {
    {
        auto db = must(store::sqlite::Connection::open(path(), store::sqlite::Access::ReadWrite));
        must(db.script("PRAGMA foreign_keys=OFF; DELETE FROM exchange_entries"));  // the feed tells of one
    }
    const auto opened = store::Store::open(path(), {&shardOf, {}});
    EXPECT_EQ(kindOf(opened), ErrorKind::Store);
    auto db = must(store::sqlite::Connection::open(path(), store::sqlite::Access::ReadOnly));
    EXPECT_EQ(must(db.first("PRAGMA user_version", {}, [](const auto& row) { return row.integer(0); })), 1);
    EXPECT_TRUE(must(db.any("SELECT 1 FROM certificates WHERE mailbox = 'alice@example.org'", {})));
}

}  // namespace
}  // namespace mailca::test
