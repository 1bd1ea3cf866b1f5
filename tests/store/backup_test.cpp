// Backups of a database in use, and the way back: what was issued, revoked and numbered since is not forgotten.
#include "store/backup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "store/audit_reader.h"
#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"
#include "tests/support/certificates.h"

namespace mailca::test {
namespace {

class Backup : public ::testing::Test {
 protected:
    std::string copy() const { return m_dir.file("backup.db"); }
    void backUp() { m_backedUp = must(store::backUp(m_scene.path(), copy())); }

    // The exported log, of the rows from `first` to `last`.
    std::vector<ca::audit::Entry> exported(std::int64_t first = 1, std::int64_t last = 1'000'000) {
        std::vector<ca::audit::Entry> entries;
        auto reader = must(store::AuditReader::open(m_scene.path(), first - 1));
        while (auto entry = must(reader.next())) {
            if (entry->row.nr <= last) entries.push_back(*std::move(entry));
        }
        return entries;
    }
    // The machine burns down; what is left is the backup, the exported log, and the mark unless it burned too.
    enum class MarkBeside { Kept, Lost };
    void loseDatabase(MarkBeside mark = MarkBeside::Kept) {
        m_scene.close();
        for (const char* file : {"", "-wal", "-shm"}) ::unlink((m_scene.path() + file).c_str());
        if (mark == MarkBeside::Lost) ::unlink((m_scene.path() + ".mark").c_str());
    }
    Result<store::Restored> restore(std::vector<ca::audit::Entry> log, store::Gap gap = store::Gap::Refused,
                                    const std::string& from = "backup.db") {
        const auto next = [log = std::move(log),
                           at = std::size_t{0}]() mutable -> Result<std::optional<ca::audit::Entry>> {
            if (at == log.size()) return std::optional<ca::audit::Entry>();
            return std::optional(log[at++]);
        };
        return store::restore(
            {m_scene.path(), from.empty() ? "" : m_dir.file(from), next, std::nullopt, &shardOf, gap, m_scene.now()});
    }
    static void chainAgain(std::vector<ca::audit::Entry>& log) {
        for (std::size_t i = 0; i < log.size(); ++i) {
            log[i].sha256 = ca::audit::chained(i == 0 ? Bytes(32, 0) : log[i - 1].sha256, log[i].row);
        }
    }
    std::string refusal(const Result<store::Restored>& restored) {
        return restored ? "restored" : restored.error().detail;
    }
    ca::ocsp::Status status(const Serial& serial) { return must(m_scene.store().statuses().status("smime-1", serial)); }
    void expectServed() {
        m_scene.open();
        EXPECT_EQ(CheckInvariants(m_scene.path()), std::vector<std::string>{});
        EXPECT_TRUE(store::checkLog(m_scene.path(), std::nullopt).has_value());
    }

    Scene m_scene;
    TempDir m_dir;
    ca::audit::Head m_backedUp;
    ra::Account m_account = m_scene.account();
};

TEST_F(Backup, IsOneWholeFileAndSaysThatItIsABackup) {
    m_scene.issue(m_account.id);
    backUp();
    EXPECT_EQ(m_backedUp, must(m_scene.store().audit().head()));
    for (const char* beside : {"-wal", "-shm", "-journal", ".unfinished"}) {
        EXPECT_NE(::access((copy() + beside).c_str(), F_OK), 0) << beside;
    }
    EXPECT_EQ(CheckInvariants(copy()), std::vector<std::string>{});
    const auto opened = store::Store::open(copy(), {&shardOf, {}});
    EXPECT_EQ(kindOf(opened), ErrorKind::Config);
    EXPECT_NE(opened.error().detail.find("is a backup"), std::string::npos);
    m_scene.issue(m_account.id);  // the database itself is served as before
    m_scene.open();
}

TEST_F(Backup, OverwritesNothingAndNeedsADatabase) {
    writeFile(copy(), "precious");
    EXPECT_EQ(kindOf(store::backUp(m_scene.path(), copy())), ErrorKind::Config);
    EXPECT_EQ(readFile(copy()), "precious");
    EXPECT_FALSE(store::backUp(m_dir.file("none.db"), m_dir.file("other.db")).has_value());
    EXPECT_NE(::access(m_dir.file("other.db").c_str(), F_OK), 0);
}

TEST_F(Backup, IsOfOneInstantWhileOthersWrite) {
    std::atomic<bool> stop = false;
    std::vector<std::jthread> threads;
    for (std::uint64_t seed = 10; seed < 13; ++seed) {
        threads.emplace_back([&, seed] {
            Walker walker(m_scene.store(), seed);
            const ra::Account account = walker.account();
            while (!stop) {
                const ra::IssuedOrder issued = walker.issue(account.id);
                must(walker.store().certificates().revoke(walker.revocation(issued.items[0].record.id)));
            }
        });
    }
    for (int i = 0; i < 5; ++i) {
        const std::string path = m_dir.file("backup" + std::to_string(i) + ".db");
        const ca::audit::Head head = must(store::backUp(m_scene.path(), path));
        EXPECT_EQ(CheckInvariants(path), std::vector<std::string>{});
        EXPECT_EQ(must(store::checkLog(path, std::nullopt)).check.head(), head);
    }
    stop = true;
}

TEST_F(Backup, WhatWasIssuedSinceIsKnownAndRevoked) {
    const Serial before = m_scene.issue(m_account.id).items[0].record.serial;
    backUp();
    const ra::IssuedOrder lost = m_scene.issue(m_account.id);
    const auto log = exported();
    loseDatabase();
    const store::Restored done = must(restore(log));
    EXPECT_EQ(done.backupEnded, 1);
    EXPECT_EQ(done.replayed, 1);
    EXPECT_EQ(done.serialsRevoked, 2);
    EXPECT_EQ(done.missing, 0);
    expectServed();
    EXPECT_EQ(status(before), ca::ocsp::Status(ca::ocsp::Good{}));
    for (const auto& item : lost.items) {
        const Serial& serial = item.record.serial;
        EXPECT_EQ(status(serial), ca::ocsp::Status(ca::ocsp::Revoked{m_scene.now(), std::nullopt}));
        const repository::CrlScope scope{"smime-1", shardOf("", serial)};
        const auto shard = must(m_scene.store().crls().revoked(scope, m_scene.now()));
        EXPECT_TRUE(std::ranges::any_of(shard.entries, [&](const auto& entry) { return entry.serial == serial; }));
        EXPECT_GT(shard.revision, 0u) << "the CRL is signed anew";
        EXPECT_EQ(kindOf(m_scene.store().services().recordIntent({"smime-1", serial, Bytes(32, 1), m_scene.now()})),
                  ErrorKind::Conflict)
            << "no serial is given twice";
    }
}

TEST_F(Backup, RevocationsSinceAreAppliedAsTheyWere) {
    const ra::CertificateRecord known = m_scene.issue(m_account.id).items[0].record;
    backUp();
    m_scene.clock().advance(60s);
    const Time revokedAt = m_scene.now();
    const ra::CertificateRecord lost = m_scene.issue(m_account.id).items[0].record;
    for (const auto& record : {known, lost}) {
        must(m_scene.store().certificates().revoke({record.id, 1, revokedAt, ra::RevokedBy::CertificateKey, true}));
    }
    const auto log = exported();
    loseDatabase();
    m_scene.clock().advance(3600s);
    must(restore(log));
    expectServed();
    for (const auto& record : {known, lost}) {
        EXPECT_EQ(status(record.serial), ca::ocsp::Status(ca::ocsp::Revoked{revokedAt, 1}));
        EXPECT_EQ(
            m_scene.count("SELECT count(*) FROM blocked_keys WHERE spki_sha256 = x'" + toHex(record.spkiSha256) + "'"),
            1);
    }
    EXPECT_TRUE(must(m_scene.store().directory().lookup(known.mailbox, {exchange::Role::Sign}, m_scene.now())).empty());
}

// An incident that was open at the backup: what was revoked or let go since is not waited for, and not revoked.
TEST_F(Backup, IncidentsGoOnWithWhatIsLeft) {
    const auto items = m_scene.issue(m_account.id).items;
    ra::CertificateSelection selection;
    selection.issuer = "smime-1";
    for (const char* name : {"goes-on", "is-closed"}) {
        must(m_scene.store().incidents().open({.name = name,
                                               .selection = selection,
                                               .reason = 4,
                                               .explanationUrl = "",
                                               .rate = 10,
                                               .openedAt = m_scene.now(),
                                               .deadline = m_scene.now() + 24h}));
        must(m_scene.store().incidents().mark(name, m_scene.now()));
    }
    backUp();
    must(m_scene.store().certificates().revoke(m_scene.revocation(items[0].record.id)));
    must(m_scene.store().incidents().close("is-closed", m_scene.now()));
    const auto log = exported();
    loseDatabase();
    must(restore(log));
    expectServed();
    const auto incidents = must(m_scene.store().incidents().all());
    EXPECT_EQ(incidents.at(0).waiting(), static_cast<std::int64_t>(items.size()) - 1);
    EXPECT_EQ(incidents.at(1).state, ra::IncidentState::Closed);
    m_scene.clock().advance(25h);
    must(m_scene.store().incidents().revokeReplaced("goes-on", m_scene.now()));
    EXPECT_EQ(must(m_scene.store().incidents().revokeWaiting("goes-on", m_scene.now(), 10)).revoked,
              static_cast<int>(items.size()) - 1);
}

TEST_F(Backup, CrlNumbersGoOnlyUp) {  // F3
    const auto store = [&](std::optional<int> shard, std::uint64_t number) {
        return m_scene.store().crls().store({"smime-1", shard},
                                            {{number, m_scene.now(), m_scene.now() + 24h}, Bytes(9, 1)}, 0);
    };
    must(store(1, 4));
    backUp();
    must(store(1, 5));
    must(store(1, 9));
    must(store(2, 3));
    must(store(std::nullopt, 8));  // the complete CRL counts for itself
    const auto log = exported();
    loseDatabase();
    must(restore(log));
    expectServed();
    using Scope = std::pair<std::optional<int>, std::uint64_t>;
    for (const auto& [shard, number] : {Scope{1, 9}, Scope{2, 3}, Scope{std::nullopt, 8}}) {
        const auto state = must(m_scene.store().crls().state({"smime-1", shard}));
        EXPECT_EQ(state.latest->number, number);
        EXPECT_LE(state.latest->nextUpdate, m_scene.now()) << "it is signed anew before anything is served";
        EXPECT_EQ(kindOf(store(shard, number)), ErrorKind::Conflict);
    }
}

TEST_F(Backup, AnOrderThatEndedSinceIsNotWorkedOnAgain) {
    const ra::NewOrder processing = m_scene.processingOrder(m_account.id);
    const ra::NewOrder intended = m_scene.processingOrder(m_account.id);
    const ca::IntentsOfOrder intents = m_scene.intents(intended);
    must(m_scene.store().issuance().recordIntents(intents));
    const ra::NewOrder failing = m_scene.processingOrder(m_account.id);
    backUp();
    const ca::IntentsOfOrder later = m_scene.intents(processing);
    must(m_scene.store().issuance().recordIntents(later));
    must(m_scene.store().issuance().recordIssued(m_scene.issuedFrom(processing, later)));
    must(m_scene.store().issuance().recordIssued(m_scene.issuedFrom(intended, intents)));
    must(m_scene.store().issuance().recordIntents(m_scene.intents(failing)));
    must(
        m_scene.store().issuance().recordFailure({failing.order.id, m_scene.now(), fail(ErrorKind::Caa, "forbidden")}));
    const auto log = exported();
    loseDatabase();
    EXPECT_EQ(must(restore(log)).serialsRevoked, 6);
    expectServed();
    EXPECT_TRUE(must(m_scene.store().issuance().unfinished()).empty());
    EXPECT_EQ(must(m_scene.store().issuance().closeOrphans(m_scene.now())), 0);
    for (const auto* order : {&processing, &intended, &failing}) {
        EXPECT_TRUE(
            std::holds_alternative<ra::Failed>(must(m_scene.store().orders().find(order->order.id)).order.state));
    }
}

TEST_F(Backup, WhoWasLockedOutStaysLockedOut) {
    const ra::Account changing = m_scene.account(), leaving = m_scene.account();
    const ra::NewOrder order = m_scene.order(m_account.id);
    must(m_scene.store().externalAccounts().create(
        {m_scene.random().token(16), "", {}, std::nullopt, 0, m_scene.now()}));
    const std::string external = must(m_scene.store().externalAccounts().list()).front().id;
    backUp();
    must(m_scene.store().accounts().changeKey({changing.id, changing.thumbprint, m_scene.random().token(32), "{}",
                                               m_scene.random().bytes(32), m_scene.now()}));
    must(m_scene.store().accounts().deactivate({leaving.id, m_scene.now()}));
    must(m_scene.store().orders().deactivate({order.authorization.id, m_account.id, m_scene.now()}));
    must(m_scene.store().externalAccounts().revoke({external, m_scene.now()}));
    must(m_scene.store().blockedKeys().block({Bytes(32, 7), "found on a forum", m_scene.now()}));
    const auto log = exported();
    loseDatabase();
    must(restore(log));
    expectServed();
    for (const auto* account : {&changing, &leaving}) {
        EXPECT_EQ(must(m_scene.store().accounts().find(account->id)).status, ra::AccountStatus::Deactivated);
    }
    EXPECT_EQ(must(m_scene.store().accounts().find(m_account.id)).status, ra::AccountStatus::Valid);
    EXPECT_TRUE(must(m_scene.store().orders().find(order.order.id)).authorization.deactivatedAt);
    EXPECT_TRUE(must(m_scene.store().externalAccounts().list()).front().revokedAt);
    EXPECT_EQ(must(m_scene.store().blockedKeys().list()).front().comment, "found on a forum");
}

TEST_F(Backup, ARespondersCertificateOfThenIsRevokedAndTheUnitsIsNot) {
    SequenceRandom random(5);
    const Serial responder = Serial::random(random), intended = Serial::random(random);
    must(m_scene.store().services().recordIntent({"smime-1", intended, Bytes(32, 1), m_scene.now()}));
    backUp();
    must(m_scene.store().services().recordIntent({"smime-1", responder, Bytes(32, 1), m_scene.now()}));
    for (const Serial& serial : {responder, intended}) {
        must(m_scene.store().services().recordIssued({"smime-1", serial, {0x30, 0x00}, m_scene.now()}));
    }
    const auto log = exported();
    loseDatabase();
    EXPECT_EQ(must(restore(log)).serialsRevoked, 2);
    expectServed();
    for (const Serial& serial : {responder, intended}) {
        EXPECT_EQ(status(serial), ca::ocsp::Status(ca::ocsp::Revoked{m_scene.now(), std::nullopt}));
    }
}

TEST_F(Backup, TheLogMayBeginAnywhereUpToTheRowBehindTheBackup) {
    for (int i = 0; i < 4; ++i) m_scene.issue(m_account.id);
    backUp();
    for (int i = 0; i < 4; ++i) m_scene.issue(m_account.id);
    const auto fromThree = exported(3), behind = exported(5), tooLate = exported(6);
    loseDatabase();
    EXPECT_EQ(refusal(restore(tooLate)), "row 5: is missing or out of its order; row 6 stands in its place");
    EXPECT_EQ(must(restore(fromThree)).replayed, 4);
    for (const char* file : {"", ".mark"}) ::unlink((m_scene.path() + file).c_str());
    EXPECT_EQ(must(restore(behind)).replayed, 4);
    expectServed();
}

TEST_F(Backup, ALogThatWasTamperedWithOrIsAnothersIsRefused) {
    for (int i = 0; i < 3; ++i) m_scene.issue(m_account.id);
    backUp();
    m_scene.issue(m_account.id);
    const auto log = exported();
    loseDatabase();
    auto tampered = log;
    tampered[3].row.detail = "{}";
    EXPECT_TRUE(refusal(restore(tampered)).starts_with("row 4:")) << refusal(restore(tampered));
    auto others = log;
    others[0].row.actor = "somebody";
    chainAgain(others);
    EXPECT_NE(refusal(restore(others)).find("not that of this database"), std::string::npos)
        << refusal(restore(others));
    EXPECT_NE(::access(m_scene.path().c_str(), F_OK), 0) << "nothing was left";
}

// Behind the backup nobody's hash tells what was written: values that mailcad never writes are not taken over.
TEST_F(Backup, RowsThatMailcadDoesNotWriteAreRefused) {
    const auto known = m_scene.issue(m_account.id).items[0].record;
    backUp();
    must(m_scene.store().certificates().revoke(m_scene.revocation(known.id)));
    const auto log = exported();
    loseDatabase(MarkBeside::Lost);
    const std::string named = R"("issuer":"smime-1","serial":")" + known.serial.hex() + "\"";
    const struct {
        const char* act;
        std::string detail;
    } table[] = {{"certificate.revoked", "{" + named + R"(,"reason":99})"},
                 {"certificate.revoked", "{" + named + R"(,"reason":7})"},
                 {"certificate.revoked", "{" + named + R"(,"reason":"1"})"},
                 {"certificate.revoked", "{" + named + R"(,"keyBlocked":"ab"})"},
                 {"service_certificate.revoked", "{" + named + R"(,"reason":0})"},
                 {"crl.signed", R"({"issuer":"smime-1","shard":1,"number":9223372036854775807})"},
                 {"crl.signed", R"({"issuer":"smime-1","shard":1,"number":0})"},
                 {"crl.signed", R"({"issuer":"smime-1","shard":-7,"number":5})"},
                 {"key.blocked", R"({"comment":"too short a digest"})"}};
    for (const auto& row : table) {
        auto doctored = log;
        doctored.back().row.act = row.act;
        doctored.back().row.detail = row.detail;
        chainAgain(doctored);
        const auto restored = restore(doctored);
        EXPECT_EQ(kindOf(restored), ErrorKind::Config) << row.act << row.detail;
        EXPECT_NE(refusal(restored).find("row " + std::to_string(log.size())), std::string::npos) << refusal(restored);
    }
    must(restore(log));
    expectServed();
}

TEST_F(Backup, AnAdoptedCertificateThatWasRevokedIsNotAdoptedAgain) {
    const x509::Certificate unit = makeLeaf(makeRoot(), "alice@example.org").certificate;
    const Bytes& der = unit.der();
    const Serial serial = unit.serial();
    backUp();
    must(m_scene.store().services().adopt({"smime-1", serial, der, m_scene.now()}));
    ra::CertificateSelection selection;
    selection.serials = {serial};
    must(m_scene.store().selections().revoke(
        {must(m_scene.store().selections().select(selection, 0, 10)).certificates, 4, m_scene.now(), false}));
    const auto log = exported();
    loseDatabase();
    must(restore(log));
    expectServed();
    EXPECT_EQ(status(serial), ca::ocsp::Status(ca::ocsp::Revoked{m_scene.now(), 4}));
    EXPECT_EQ(kindOf(m_scene.store().services().adopt({"smime-1", serial, der, m_scene.now()})),
              ErrorKind::AlreadyRevoked);
}

// F3: a CRL may be among what is lost.
TEST_F(Backup, CrlNumbersPassOverWhatIsLost) {
    must(m_scene.store().crls().store({"smime-1", 1}, {{4, m_scene.now(), m_scene.now() + 24h}, Bytes(9, 1)}, 0));
    backUp();
    const auto log = exported();
    must(m_scene.store().crls().store({"smime-1", 1}, {{5, m_scene.now(), m_scene.now() + 24h}, Bytes(9, 1)}, 0));
    must(m_scene.store().crls().store({"smime-1", 1}, {{6, m_scene.now(), m_scene.now() + 24h}, Bytes(9, 1)}, 0));
    loseDatabase();
    EXPECT_EQ(must(restore(log, store::Gap::Accepted)).missing, 2);
    expectServed();
    EXPECT_GE(must(m_scene.store().crls().state({"smime-1", 1})).latest->number, 6u);
}

// The mark tells of rows that were on the way to the other host.
TEST_F(Backup, WhatIsInNoLogHasToBeAcceptedByName) {
    m_scene.issue(m_account.id);
    backUp();
    for (int i = 0; i < 3; ++i) m_scene.issue(m_account.id);
    const auto log = exported(1, 2);
    loseDatabase();
    EXPECT_NE(refusal(restore(log)).find("rows 3 to 4"), std::string::npos) << refusal(restore(log));
    const store::Restored done = must(restore(log, store::Gap::Accepted));
    EXPECT_EQ(done.missing, 2);
    expectServed();
    const auto row = must(m_scene.store().audit().latest("database.restored"));
    EXPECT_EQ(must(json::parse(row->detail)).integer("missing"), 2);
}

TEST_F(Backup, WithoutTheMarkTheLogIsBelieved) {
    m_scene.issue(m_account.id);
    backUp();
    m_scene.issue(m_account.id);
    const auto log = exported();
    loseDatabase(MarkBeside::Lost);
    EXPECT_EQ(must(restore(log)).replayed, 1);
    expectServed();
}

// An old file was copied into its place by hand; the daemon refused, and nothing needs to be moved.
TEST_F(Backup, AnOlderDatabaseIsReconciledWhereItLies) {
    m_scene.issue(m_account.id);
    m_scene.close();
    const std::string older = readFile(m_scene.path());
    m_scene.open();
    const Serial lost = m_scene.issue(m_account.id).items[0].record.serial;
    const auto log = exported();
    m_scene.close();
    writeFile(m_scene.path(), older);
    EXPECT_EQ(kindOf(store::Store::open(m_scene.path(), {&shardOf, {}})), ErrorKind::Config);
    EXPECT_NE(refusal(restore({}, store::Gap::Refused, "")).find("rows 2 to 2"), std::string::npos);
    must(restore(log, store::Gap::Refused, ""));
    expectServed();
    EXPECT_TRUE(std::holds_alternative<ca::ocsp::Revoked>(status(lost)));
}

TEST_F(Backup, IsNotPutOverADatabaseOrUnderADaemon) {
    backUp();
    const auto log = exported();
    EXPECT_EQ(kindOf(restore(log)), ErrorKind::Unavailable) << "the daemon runs";
    m_scene.close();
    EXPECT_NE(refusal(restore(log)).find("move it away"), std::string::npos);
    m_scene.open();
}

TEST_F(Backup, IsWholeOrNotThereWhenRestoredTwice) {
    m_scene.issue(m_account.id);
    backUp();
    m_scene.issue(m_account.id);
    const auto log = exported();
    loseDatabase();
    must(restore(log));
    EXPECT_EQ(must(restore(log, store::Gap::Refused, "")).replayed, 0) << "again, over what is good";
    expectServed();
}

}  // namespace
}  // namespace mailca::test
