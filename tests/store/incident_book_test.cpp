// An incident on the database: marks, successors, the deadline, each once (docs/decisions/incident.md).
#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

using ra::IncidentState;

class IncidentsOnDisk : public ::testing::Test {
 protected:
    void TearDown() override { EXPECT_EQ(CheckInvariants(m_scene.path()), std::vector<std::string>{}); }
    ra::IncidentBook& book() { return m_scene.store().incidents(); }
    ra::Incident incident(const std::string& name = "leak") {
        for (const auto& one : must(book().all())) {
            if (one.name == name) return one;
        }
        throw std::runtime_error("no such incident");
    }
    ra::NewIncident draft(const std::string& name = "leak") {
        ra::CertificateSelection selection;
        selection.issuer = "smime-1";
        return {.name = name,
                .selection = selection,
                .reason = 4,
                .explanationUrl = "https://ca.example/leak",
                .rate = 10,
                .openedAt = m_scene.now(),
                .deadline = m_scene.now() + 24h};
    }
    void markAll(const std::string& name = "leak") {
        while (must(book().mark(name, m_scene.now())).more) {
        }
    }
    int followAll(const std::string& name = "leak") {
        int revoked = 0;
        while (true) {
            const auto step = must(book().revokeReplaced(name, m_scene.now()));
            revoked += step.revoked;
            if (!step.more) return revoked;
        }
    }
    bool isLive(const ra::IssuedItem& item) {
        return std::holds_alternative<ra::Live>(must(m_scene.store().certificates().find(item.record.id)).state);
    }
    std::optional<ra::ReplacementCall> callFor(const ra::IssuedItem& item) {
        return must(book().callFor(item.record.issuer, item.record.serial));
    }

    Scene m_scene;
    const AccountId m_account = m_scene.account().id;
};

TEST_F(IncidentsOnDisk, MarksWhatWasThereWhenItWasOpenedAndCallsForItsSet) {
    const auto alice = m_scene.issue(m_account).items;
    const auto bob = m_scene.issue(m_account, "bob@example.org").items;
    must(m_scene.store().certificates().revoke(m_scene.revocation(bob[0].record.id)));
    auto some = draft();
    some.selection->profile = "smime-sign";
    must(book().open(some));
    const auto later = m_scene.issue(m_account, "carol@example.org").items;
    EXPECT_FALSE(callFor(alice[0]));
    markAll();
    EXPECT_EQ(incident().marked, 1) << "alice's; bob's is revoked, carol's came later";
    EXPECT_TRUE(incident().examined);
    for (const auto& item : alice) {
        ASSERT_TRUE(callFor(item)) << "the whole set is to be renewed";
        EXPECT_EQ(callFor(item)->since, m_scene.now());
        EXPECT_EQ(callFor(item)->explanationUrl, "https://ca.example/leak");
    }
    EXPECT_FALSE(callFor(bob[0]));
    EXPECT_FALSE(callFor(later[0]));
    EXPECT_FALSE(must(book().mark("leak", m_scene.now())).more);
}

TEST_F(IncidentsOnDisk, ASuccessorEndsWhatItReplaces) {
    const auto alice = m_scene.issue(m_account).items;
    const auto bob = m_scene.issue(m_account, "bob@example.org").items;
    must(book().open(draft()));
    markAll();
    EXPECT_EQ(followAll(), 0);
    EXPECT_TRUE(incident().followed);
    m_scene.issue(m_scene.account().id);            // another account's for the same mailbox: no successor
    m_scene.issue(m_account, "carol@example.org");  // another mailbox
    const auto fresh = m_scene.issue(m_account, "alice@example.org", {"smime-sign"}).items;
    EXPECT_FALSE(incident().followed);
    EXPECT_EQ(followAll(), 1);
    EXPECT_FALSE(isLive(alice[0])) << "smime-sign";
    EXPECT_TRUE(isLive(alice[1])) << "its smime-encrypt has no successor yet";
    EXPECT_TRUE(isLive(fresh[0]));
    EXPECT_TRUE(isLive(bob[0]));
    EXPECT_EQ(incident().replaced, 1);
    EXPECT_EQ(incident().waiting(), 3);
    must(book().finish("leak", m_scene.now()));
    EXPECT_EQ(incident().state, IncidentState::Open);
}

TEST_F(IncidentsOnDisk, AnOrderThatSaysSoReplacesTheWholeSet) {  // RFC 9773 section 5
    const ra::IssuedOrder old = m_scene.issue(m_account);
    must(book().open(draft()));
    markAll();
    ra::NewOrder order = m_scene.draftOrder(m_account, "alice@example.org", {"smime-dual"});
    order.order.replaces = "as the client named it";
    order.replaced = old.order;
    must(m_scene.store().orders().create(order));
    m_scene.validate(order);
    must(m_scene.store().orders().finalize(m_scene.finalization(order)));
    EXPECT_EQ(followAll(), 0) << "not before it has its certificate";
    const ca::IntentsOfOrder intents = m_scene.intents(order);
    must(m_scene.store().issuance().recordIntents(intents));
    must(m_scene.store().issuance().recordIssued(m_scene.issuedFrom(order, intents)));
    EXPECT_EQ(followAll(), 2);
    must(book().finish("leak", m_scene.now()));
    EXPECT_EQ(incident().state, IncidentState::Done);
    EXPECT_EQ(incident().closedAt, m_scene.now());
    EXPECT_FALSE(callFor(old.items[0]));
}

TEST_F(IncidentsOnDisk, AtTheDeadlineTheRestEndsInParts) {
    const auto alice = m_scene.issue(m_account).items;
    m_scene.issue(m_account, "bob@example.org");
    must(book().open(draft()));
    markAll();
    must(m_scene.store().certificates().revoke(m_scene.revocation(alice[0].record.id)));  // by herself
    EXPECT_EQ(incident().gone, 1);
    EXPECT_EQ(must(book().revokeWaiting("leak", m_scene.now(), 2)).revoked, 2);
    EXPECT_EQ(must(book().revokeWaiting("leak", m_scene.now(), 2)).revoked, 1);
    EXPECT_FALSE(must(book().revokeWaiting("leak", m_scene.now(), 2)).more);
    EXPECT_EQ(incident().ended, 3);
    EXPECT_EQ(incident().waiting(), 0);
    must(book().finish("leak", m_scene.now()));
    EXPECT_EQ(incident().state, IncidentState::Done);
    EXPECT_EQ(m_scene.count("SELECT count(*) FROM certificates WHERE reason = 4"), 3);
}

TEST_F(IncidentsOnDisk, ACompromisedKeyIsBlockedAtOnce) {  // D46: nobody renews with it
    m_scene.issue(m_account);
    auto leak = draft();
    leak.reason = 1;
    must(book().open(leak));
    markAll();
    EXPECT_EQ(m_scene.count("SELECT count(*) FROM blocked_keys"), 2);
    EXPECT_EQ(m_scene.count("SELECT count(*) FROM certificates WHERE revoked_at IS NOT NULL"), 0);
}

TEST_F(IncidentsOnDisk, ACertificateOfTwoIncidentsEndsOnce) {
    const auto alice = m_scene.issue(m_account).items;
    must(book().open(draft("one")));
    must(book().open(draft("two")));
    markAll("one");
    markAll("two");
    EXPECT_EQ(must(book().revokeWaiting("one", m_scene.now(), 10)).revoked, 2);
    EXPECT_EQ(must(book().revokeWaiting("two", m_scene.now(), 10)).revoked, 0);
    EXPECT_EQ(incident("one").ended, 2);
    EXPECT_EQ(incident("two").gone, 2);
    must(book().finish("two", m_scene.now()));
    EXPECT_EQ(incident("two").state, IncidentState::Done);
}

TEST_F(IncidentsOnDisk, ClosedEarlyItLetsGo) {
    const auto alice = m_scene.issue(m_account).items;
    must(book().open(draft()));
    markAll();
    must(book().close("leak", m_scene.now()));
    EXPECT_EQ(incident().state, IncidentState::Closed);
    EXPECT_FALSE(callFor(alice[0]));
    EXPECT_EQ(must(book().revokeWaiting("leak", m_scene.now(), 10)).revoked, 0);
    EXPECT_FALSE(must(book().mark("leak", m_scene.now())).more);
    m_scene.issue(m_account);
    EXPECT_EQ(must(book().revokeReplaced("leak", m_scene.now())).revoked, 0);
    EXPECT_TRUE(isLive(alice[0]));
    EXPECT_EQ(kindOf(book().close("leak", m_scene.now())), ErrorKind::Malformed);
    EXPECT_EQ(kindOf(book().close("none", m_scene.now())), ErrorKind::NotFound);
}

TEST_F(IncidentsOnDisk, TheSameAgainChangesNothingAnotherIsRefused) {
    m_scene.issue(m_account);
    must(book().open(draft()));
    markAll();
    auto again = draft();
    again.deadline += 1h;
    must(book().open(again));
    EXPECT_EQ(incident().marked, 2);
    EXPECT_EQ(incident().deadline, again.deadline - 1h) << "the first stands";
    auto other = draft();
    other.selection->profile = "smime-sign";
    EXPECT_EQ(kindOf(book().open(other)), ErrorKind::Malformed);
    other = draft();
    other.reason = 1;
    EXPECT_EQ(kindOf(book().open(other)), ErrorKind::Malformed);
}

TEST_F(IncidentsOnDisk, AListComesInPartsAndIsMarkedOnce) {
    const auto alice = m_scene.issue(m_account).items;
    const auto bob = m_scene.issue(m_account, "bob@example.org").items;
    auto listed = draft();
    listed.selection.reset();
    must(book().open(listed));
    EXPECT_EQ(incident().state, IncidentState::Listing);
    const std::vector<Serial> first{alice[0].record.serial, Serial::random(m_scene.random())};
    EXPECT_EQ(must(book().list({"leak", first, false, m_scene.now()})), 1);
    EXPECT_EQ(must(book().list({"leak", first, false, m_scene.now()})), 0) << "broken off and told again";
    EXPECT_TRUE(callFor(alice[0]));
    EXPECT_FALSE(must(book().revokeWaiting("leak", m_scene.now(), 10)).more) << "not before the list has ended";
    must(book().finish("leak", m_scene.now()));
    EXPECT_EQ(must(book().list({"leak", {bob[1].record.serial}, true, m_scene.now()})), 1);
    EXPECT_EQ(incident().state, IncidentState::Open);
    EXPECT_EQ(kindOf(book().list({"leak", first, false, m_scene.now()})), ErrorKind::Malformed);
    EXPECT_EQ(kindOf(book().list({"none", first, false, m_scene.now()})), ErrorKind::NotFound);
    EXPECT_EQ(must(book().revokeWaiting("leak", m_scene.now(), 10)).revoked, 2);
}

}  // namespace
}  // namespace mailca::test
