// mailca enroll and renew against an ACME server in memory: the whole path, interrupted after every single step.
#include <gtest/gtest.h>

#include <algorithm>

#include <sstream>

#include "client/commands/commands.h"
#include "client/enrollment/renewal.h"
#include "core/x509/renewal_name.h"
#include "tests/client/fake_acme.h"
#include "tests/support/files.h"

namespace mailca::client {
namespace {

using test::must;

struct PowerCut {};

// The real disk without its fsync (slow and invisible here), cut off when the fuse has burnt down.
class FusedDisk final : public Disk {
 public:
    explicit FusedDisk(const std::function<void()>& tick) : m_tick(tick) {}
    Result<void> makeDirectory(const std::filesystem::path& path) override { return tick(m_disk.makeDirectory(path)); }
    Result<void> write(const std::filesystem::path& path, std::string_view content) override {
        return tick(m_disk.write(path, content));
    }
    Result<void> sync(const std::filesystem::path&) override { return tick({}); }
    Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
        return tick(m_disk.rename(from, to));
    }
    Result<void> remove(const std::filesystem::path& path) override { return tick(m_disk.remove(path)); }

 private:
    Result<void> tick(Result<void> result) {
        m_tick();
        return result;
    }
    const std::function<void()>& m_tick;
    SystemDisk m_disk;
};

// A machine with its mail and its server; it can lose power after a number of steps and come back.
class Machine {
 public:
    Machine() { acme.onRequest = m_tick; }

    Result<Outcome> enroll(EnrollOptions options) {
        return onState([&](const Context& context) { return client::enroll(context, options); });
    }
    Result<Outcome> enroll() { return enroll({alice, TermsAgreement::Agreed, "smime-timestamp", "p256"}); }
    Result<Outcome> renew(RenewWhen when) {
        return onState([&](const Context& context) { return client::renew(context, {alice, when}); });
    }
    template <typename Act>
    Result<Outcome> onState(const Act& act) {
        FusedDisk disk(m_tick);
        TRY(const StateDirectory state, StateDirectory::open(folder.path() / "state", disk));
        const Surroundings around{clock, m_random, m_pause, report};
        std::istringstream nothing;
        return act(Context{config, state, acme, mail, around, nothing});
    }
    void cutPowerAfter(int steps) { m_fuse = steps; }
    bool hasKeyOf(const x509::Certificate& certificate) const {
        for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path())) {
            if (!file.path().string().ends_with(".key.pem")) continue;
            if (must(crypto::PrivateKey::fromPem(test::readFile(file.path()))).publicKey() == certificate.publicKey()) {
                return true;
            }
        }
        return false;
    }

    EmailAddress alice = must(EmailAddress::parse("alice@example.org"));
    test::TempDir folder;
    test::FakeClock clock;
    test::Authority authority{clock.now()};
    test::FakeAcme acme{authority, "alice@example.org"};
    test::FakeMail mail{acme};
    test::RecordingReport report;
    Config config{.file = "mailca.toml",
                  .directory = "https://ca.test/directory",
                  .caFile = "",
                  .stateDir = folder.path() / "state",
                  .terms = TermsAgreement::NotYet,
                  .mailboxes = {{alice, MaildirPath{"/unused"}, {}}}};

 private:
    int m_fuse = -1;
    std::function<void()> m_tick = [this] {
        if (m_fuse > 0 && --m_fuse == 0) throw PowerCut();
    };
    test::SequenceRandom m_random{7};
    test::ClockPause m_pause{clock};
};

TEST(Enrollment, GetsABundleWithOneMailAndTheTermsAgreed) {
    Machine machine;
    const Outcome outcome = must(machine.enroll());
    EXPECT_EQ(outcome.code, ExitCode::Done);
    EXPECT_EQ(outcome.object.string("status"), "enrolled");
    EXPECT_EQ(outcome.object.array("certificates")->size(), 3u);
    EXPECT_EQ(machine.acme.orderedProfiles, (std::set<std::string>{"smime-encrypt", "smime-sign", "timestamp"}));
    EXPECT_EQ(machine.mail.replies, 1);
    EXPECT_TRUE(machine.acme.termsAgreed);
    EXPECT_EQ(must(machine.enroll()).object.string("status"), "already-enrolled");
    EXPECT_EQ(machine.acme.orders, 1);
}

// A mail that anybody may send: it looks like the challenge, and replies to it go to `replyTo`.
std::string forgery(const std::string& id, const std::string& replyTo) {
    return "From: acme@ca.test\r\nTo: alice@example.org\r\nReply-To: " + replyTo +
           "\r\nSubject: ACME: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\nMessage-ID: <" + id +
           "@nowhere.test>\r\nAuto-Submitted: auto-generated\r\n\r\n.\r\n";
}

TEST(Enrollment, IsNotStoppedByAForgedChallengeWhoseReplyIsRefused) {
    Machine machine;
    machine.acme.forgeries = {forgery("f1", "nobody@ca.test")};
    machine.mail.refused = {"nobody@ca.test"};
    const Outcome outcome = must(machine.enroll());
    EXPECT_EQ(outcome.code, ExitCode::Done);
    EXPECT_EQ(machine.mail.replies, 1) << "the server's own mail was answered all the same";
}

TEST(Enrollment, RepliesToTheServersDomainOnlyAndNotWithoutEnd) {
    Machine machine;
    machine.acme.mailComes = true;
    for (int i = 0; i < 20; ++i) machine.acme.forgeries.push_back(forgery("f" + std::to_string(i), "x@nowhere.test"));
    EXPECT_EQ(must(machine.enroll()).code, ExitCode::Done);
    EXPECT_EQ(machine.mail.replies, 1) << "nothing went to the stranger";
}

TEST(Enrollment, AsksForTheTermsOnce) {
    Machine machine;
    const auto refused = machine.enroll({machine.alice, TermsAgreement::NotYet, "smime-sign", "p256"});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("https://ca.test/terms"), std::string::npos);
    EXPECT_NE(refused.error().detail.find("--agree-tos"), std::string::npos);
    EXPECT_EQ(machine.acme.accounts, 0);
    ASSERT_TRUE(machine.enroll());
    EXPECT_TRUE(machine.enroll({machine.alice, TermsAgreement::NotYet, "smime-sign", "p256"}));
}

TEST(Enrollment, EndsWellWhereverItIsInterruptedAndLosesNoKey) {
    int step = 1;
    for (bool cut = true; cut; ++step) {
        Machine machine;
        machine.cutPowerAfter(step);
        cut = false;
        try {
            (void)machine.enroll();
        } catch (const PowerCut&) {
            cut = true;
        }
        machine.cutPowerAfter(-1);
        const Outcome outcome = must(machine.enroll());
        EXPECT_EQ(outcome.code, ExitCode::Done) << "after step " << step;
        EXPECT_EQ(outcome.object.array("certificates")->size(), 3u) << "after step " << step;
        EXPECT_EQ(machine.acme.accounts, 1);
        EXPECT_LE(machine.acme.orders, 2) << "after step " << step;
        for (const auto& certificate : machine.acme.issued)
            EXPECT_TRUE(machine.hasKeyOf(certificate)) << "step " << step;
        EXPECT_EQ(machine.acme.issued.size(), 3u) << "after step " << step;
    }
    EXPECT_GT(step, 40);  // or the fuse was never lit
}

TEST(Enrollment, WaitsForTheMailThenSaysRunAgain) {
    Machine machine;
    machine.acme.mailComes = false;
    const auto waiting = machine.enroll();
    ASSERT_FALSE(waiting);
    EXPECT_EQ(exitCodeOf(waiting.error()), ExitCode::Waiting);
    machine.acme.mailComes = true;
    EXPECT_TRUE(machine.enroll());
    EXPECT_EQ(machine.acme.orders, 1);
}

TEST(Enrollment, AnswersNoChallengeOfAnEarlierOrderAndNobodyElses) {
    Machine machine;
    machine.acme.inbox = {"From: acme@ca.test\r\nTo: alice@example.org\r\nSubject: ACME: " + std::string(32, 'o') +
                              "\r\nMessage-ID: <old@ca.test>\r\nAuto-Submitted: auto-generated\r\n\r\n.\r\n",
                          "not a mail"};
    ASSERT_TRUE(machine.enroll());
    EXPECT_EQ(machine.mail.replies, 1);
}

TEST(Enrollment, PlacesANewOrderWhenTheServerHasForgottenTheOld) {
    Machine machine;
    machine.acme.mailComes = false;
    EXPECT_FALSE(machine.enroll());
    machine.acme.mailComes = true;
    machine.acme.forgetOrders();
    EXPECT_TRUE(machine.enroll());
    EXPECT_EQ(machine.acme.orders, 2);
}

TEST(Enrollment, TakesOnly404ForAForgottenOrder) {
    Machine machine;
    machine.acme.mailComes = false;
    EXPECT_FALSE(machine.enroll());
    machine.acme.mailComes = true;
    machine.acme.confused = true;
    EXPECT_EQ(machine.enroll().error().kind, ErrorKind::Malformed);
    EXPECT_EQ(machine.acme.orders, 1);
    machine.acme.confused = false;
    EXPECT_TRUE(machine.enroll());
    EXPECT_EQ(machine.acme.orders, 1);
}

TEST(Enrollment, SaysThatTheOrderUnderWayComesFirst) {
    for (const auto& [profile, keyType, says] : {std::tuple{"smime-sign", "p256", "--profile smime-sign"},
                                                 {"", "rsa3072", "--key-type rsa3072"},
                                                 {"smime-timestamp", "p256", ""},
                                                 {"", "", ""}}) {
        Machine machine;
        machine.acme.mailComes = false;
        EXPECT_FALSE(machine.enroll());  // smime-timestamp, p256
        machine.acme.mailComes = true;
        machine.report.said.clear();
        EXPECT_TRUE(machine.enroll({machine.alice, TermsAgreement::Agreed, profile, keyType}));
        std::string told;
        for (const std::string& line : machine.report.said) {
            if (line.find("no effect") != std::string::npos) told += line;
        }
        EXPECT_EQ(told.empty(), std::string(says).empty()) << told;
        EXPECT_NE(told.find(says), std::string::npos) << told;
        EXPECT_EQ(machine.acme.orderedProfiles.size(), 3u);
    }
}

TEST(Enrollment, TakesNothingIntoUseThatLeadsToNoPinnedRoot) {
    Machine machine;
    const test::Authority stranger(machine.clock.now(), 2);
    const auto roots = machine.folder.path() / "state/roots.pem";
    const auto record = machine.folder.path() / "state/alice@example.org/mailbox.json";
    const std::string right = machine.acme.pages["https://keys.test/v1/roots"];
    machine.acme.pages["https://keys.test/v1/roots"] = stranger.root().pem();
    for (int i = 0; i < 2; ++i) {  // not the second time either
        const auto refused = machine.enroll();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, ErrorKind::Unauthorized);
        EXPECT_NE(refused.error().detail.find("pinned root"), std::string::npos) << refused.error().detail;
        EXPECT_FALSE(std::filesystem::exists(record));
    }
    machine.acme.pages["https://keys.test/v1/roots"] = right;
    std::filesystem::remove(roots);  // as its owner, who has asked the operator
    EXPECT_TRUE(machine.enroll());
    EXPECT_EQ(machine.acme.orders, 1);
}

TEST(Enrollment, GoesOnWhenTheRootsCannotBeLearntToday) {
    Machine machine;
    machine.acme.pages.erase("https://keys.test/v1/roots");
    EXPECT_TRUE(machine.enroll());
    ASSERT_EQ(machine.report.warned.size(), 1u);
    EXPECT_NE(machine.report.warned[0].find("not pinned yet"), std::string::npos);
}

TEST(Enrollment, TriesABadNonceOnceMore) {  // RFC 8555 section 6.5
    Machine machine;
    machine.acme.badNonces = 9;
    EXPECT_TRUE(machine.enroll());
    Machine unlucky;
    unlucky.acme.badNonces = 10;
    EXPECT_FALSE(unlucky.enroll());
}

TEST(Enrollment, SaysWhatTheMailServerSaid) {
    for (const auto& [outcome, code] : {std::pair{mail::SendOutcome::Temporary, ExitCode::Waiting},
                                        std::pair{mail::SendOutcome::Permanent, ExitCode::Failed},
                                        std::pair{mail::SendOutcome::Misconfigured, ExitCode::Usage}}) {
        Machine machine;
        machine.mail.outcome = outcome;
        const auto result = machine.enroll();
        ASSERT_FALSE(result);
        EXPECT_EQ(exitCodeOf(result.error()), code);
        EXPECT_NE(result.error().detail.find("says the server"), std::string::npos);
        machine.mail.outcome = mail::SendOutcome::Accepted;
        EXPECT_TRUE(machine.enroll());
    }
}

TEST(Renew, MakesNewKeysWhenDueAndKeepsTheOldOnes) {
    Machine machine;
    EXPECT_EQ(machine.renew(RenewWhen::Due).error().kind, ErrorKind::NotFound);
    ASSERT_TRUE(machine.enroll());
    EXPECT_EQ(must(machine.renew(RenewWhen::Due)).code, ExitCode::NothingDue);
    machine.clock.advance(24h * 65);
    EXPECT_EQ(must(machine.renew(RenewWhen::Due)).code, ExitCode::Done);
    EXPECT_EQ(machine.acme.issued.size(), 6u);
    for (const auto& certificate : machine.acme.issued) EXPECT_TRUE(machine.hasKeyOf(certificate));
    EXPECT_EQ(must(machine.renew(RenewWhen::Now)).code, ExitCode::Done);
}

TEST(Renew, KeepsTheOldCertificatesWhenTheNewLeadToNoPinnedRoot) {
    Machine machine;
    ASSERT_TRUE(machine.enroll());
    const auto record = machine.folder.path() / "state/alice@example.org/mailbox.json";
    const std::string before = test::readFile(record);
    test::writeFile(machine.folder.path() / "state/roots.pem", test::Authority(machine.clock.now(), 2).root().pem());
    EXPECT_EQ(must(machine.renew(RenewWhen::Now)).code, ExitCode::Failed);
    EXPECT_NE(machine.report.warned.back().find("pinned root"), std::string::npos);
    EXPECT_EQ(test::readFile(record), before);
}

TEST(Renew, WarnsOfALiveKeyThatIsNotOurs) {
    Machine machine;
    ASSERT_TRUE(machine.enroll());
    const auto foreign =
        machine.authority.encryptionCertificate(test::Authority::newKey().publicKey(), "alice@example.org");
    const auto show = [&](const std::vector<x509::Certificate>& certificates) {
        json::Array entries;
        for (const auto& one : certificates) {
            entries.push_back(json::object({{"role", json::array({"encrypt"})},
                                            {"class", "issued"},
                                            {"state", "live"},
                                            {"certificate", toBase64(one.der())}}));
        }
        machine.acme.pages["https://keys.test/v1/mailboxes/alice@example.org?roles=encrypt,sign,timestamp"] =
            json::object({{"mailbox", "alice@example.org"}, {"entries", entries}}).dump();
    };
    show(machine.acme.issued);
    EXPECT_EQ(must(machine.renew(RenewWhen::Due)).code, ExitCode::NothingDue);
    EXPECT_TRUE(machine.report.warned.empty());
    show({machine.acme.issued[0], foreign});
    const Outcome outcome = must(machine.renew(RenewWhen::Due));
    EXPECT_EQ(outcome.code, ExitCode::Warning);
    ASSERT_EQ(machine.report.warned.size(), 1u);
    EXPECT_NE(machine.report.warned[0].find(foreign.serial().hex()), std::string::npos);
}

TEST(Renew, IsDueWhenTheServerSaysSo) {  // RFC 9773: what is to be revoked is renewed before
    Machine machine;
    ASSERT_TRUE(machine.enroll());
    json::Value directory = test::FakeAcme::directory();
    machine.acme.pages["https://ca.test/directory"] = directory.set("renewalInfo", "https://ca.test/renewal").dump();
    EXPECT_EQ(must(machine.renew(RenewWhen::Due)).code, ExitCode::NothingDue) << "no answer is no reason";
    const x509::Certificate& one = machine.acme.issued.front();
    const std::string url = "https://ca.test/renewal/" + x509::renewalName(one.authorityKeyId(), one.serial());
    const auto say = [&](Time start, Time end) {
        machine.acme.pages[url] =
            json::object({{"suggestedWindow", json::object({{"start", toRfc3339(start)}, {"end", toRfc3339(end)}})},
                          {"explanationURL", "https://ca.test/why"}})
                .dump();
        return must(machine.renew(RenewWhen::Due)).code;
    };
    const Time now = machine.clock.now();
    EXPECT_EQ(say(now + 1h, now + 2h), ExitCode::NothingDue);
    EXPECT_EQ(say(now - 1h, now - 2h), ExitCode::NothingDue) << "no window (C3)";
    machine.acme.pages[url] = "no JSON";
    EXPECT_EQ(must(machine.renew(RenewWhen::Due)).code, ExitCode::NothingDue);
    EXPECT_EQ(say(now - 2h, now - 1h), ExitCode::Done);
    EXPECT_TRUE(std::ranges::any_of(machine.report.said, [](const std::string& line) {
        return line.find("https://ca.test/why") != std::string::npos;
    }));
}

TEST(Renew, IsDueWithLessThanAThirdOfTheLifeLeft) {
    test::FakeClock clock;
    test::Authority authority(clock.now());
    const auto certificate =
        authority.encryptionCertificate(test::Authority::newKey().publicKey(), "a@example.org", [&](auto& f) {
            f.notBefore = clock.now();
            f.notAfter = clock.now() + 300s;
        });
    for (const auto& [age, due] : {std::pair{0s, false}, {199s, false}, {200s, false}, {201s, true}, {400s, true}}) {
        EXPECT_EQ(isRenewalDue({certificate}, clock.now() + age), due) << age.count();
    }
    EXPECT_FALSE(isRenewalDue({}, clock.now()));
}

}  // namespace
}  // namespace mailca::client
