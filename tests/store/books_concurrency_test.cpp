// Whatever many threads do to the same orders at once, each write holds to the state it expects and the invariants
// hold.
#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

constexpr int kThreads = 8;
constexpr int kTurns = 60;

// Success and the refusals that a port may give are all right; anything else is a defect.
void expectOrdinary(const std::optional<ErrorKind>& kind) {
    switch (kind.value_or(ErrorKind::Conflict)) {
        case ErrorKind::Conflict:
        case ErrorKind::Unauthorized:
        case ErrorKind::BadPublicKey:
        case ErrorKind::AlreadyRevoked:
            return;
        default:
            ADD_FAILURE() << factsOf(*kind).name;
    }
}

// One random deed to one of the shared orders.
class Deeds final {
 public:
    Deeds(store::Store& store, const std::vector<ra::NewOrder>& orders, std::uint64_t seed)
        : m_walker(store, 1000 + seed), m_orders(orders), m_engine(seed) {}

    void once() {
        const ra::NewOrder& order = m_orders[m_engine() % m_orders.size()];
        const ChallengeId& challenge = order.authorization.challenge.id;
        switch (m_engine() % 8) {
            case 0:
                return expectOrdinary(kindOf(books().orders().postChallenge({challenge, m_walker.now()})));
            case 1:
                return record(ra::Proves{challenge, ra::ValidationMethod::Strict});
            case 2:
                return record(ra::WrongDigest{challenge});
            case 3:
                return mail(order);
            case 4:
                return expectOrdinary(kindOf(books().orders().finalize(m_walker.finalization(order))));
            case 5:
                return issue(order);
            case 6:
                return revokeOne(order);
            default:
                return endSomething(order);
        }
    }

 private:
    store::Store& books() { return m_walker.store(); }
    void record(decltype(ra::JudgedReply::verdict) verdict) {
        expectOrdinary(kindOf(books().replies().record(m_walker.reply(std::move(verdict)))));
    }
    void mail(const ra::NewOrder& order) {
        m_walker.release(order);
        if (!books().mails().recordSend(m_walker.draftSend(order))) return;
        expectOrdinary(kindOf(books().mails().recordOutcome(
            {order.authorization.challenge.id, m_walker.now(), ra::MailDeferred{m_walker.now(), "451 later"}})));
    }
    void issue(const ra::NewOrder& order) {
        const ca::IntentsOfOrder intents = m_walker.intents(order);
        const auto recorded = books().issuance().recordIntents(intents);
        expectOrdinary(kindOf(recorded));
        if (!recorded) return;
        // Whoever recorded the intents is the only one who can finish the order: only a failure can come between.
        expectOrdinary(kindOf(books().issuance().recordIssued(m_walker.issuedFrom(order, intents))));
    }
    void revokeOne(const ra::NewOrder& order) {
        for (const auto& record : must(books().certificates().findByMailbox(order.order.identifier.mailbox))) {
            expectOrdinary(kindOf(books().certificates().revoke(m_walker.revocation(record.id))));
            return;
        }
    }
    void endSomething(const ra::NewOrder& order) {
        if (m_engine() % 4 == 0) {
            expectOrdinary(kindOf(books().accounts().deactivate({order.order.account, m_walker.now()})));
        } else {
            const Error error = fail(ErrorKind::ServerInternal, "interrupted");
            expectOrdinary(kindOf(books().issuance().recordFailure({order.order.id, m_walker.now(), error})));
        }
    }

    Walker m_walker;
    const std::vector<ra::NewOrder>& m_orders;
    std::mt19937_64 m_engine;
};

TEST(Books, HoldTheirInvariantsWhateverManyThreadsDoToTheSameOrders) {
    Scene scene;
    std::vector<ra::NewOrder> orders;
    for (int order = 0; order < 24; ++order) {
        orders.push_back(scene.order(scene.account().id, "mailbox" + std::to_string(order % 6) + "@example.org"));
        if (order % 2 == 0) scene.validate(orders.back());
    }
    std::vector<std::thread> threads;
    for (std::uint64_t thread = 1; thread <= kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            Deeds deeds(scene.store(), orders, thread);
            for (int turn = 0; turn < kTurns; ++turn) deeds.once();
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>{});
    EXPECT_GT(scene.count("SELECT count(*) FROM certificates"), 0);  // else nothing was tried
    must(scene.store().issuance().closeOrphans(scene.now()));
    EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>{});
}

TEST(Books, LetOneOfManyWin) {
    Scene scene;
    const ra::NewOrder order = scene.order(scene.account().id);
    scene.validate(order);
    std::atomic<int> winners = 0;
    std::vector<std::thread> threads;
    for (std::uint64_t thread = 1; thread <= kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            Walker walker(scene.store(), 1000 + thread);
            if (scene.store().orders().finalize(walker.finalization(order))) ++winners;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
}

// A view is one snapshot: an order that says it is finished shows all of its certificates.
TEST(Books, NeverShowHalfOfAnOrder) {
    Scene scene;
    const ra::NewOrder order = scene.processingOrder(scene.account().id);
    const ca::IntentsOfOrder intents = scene.intents(order);
    must(scene.store().issuance().recordIntents(intents));
    std::thread reader([&] {
        while (true) {
            const auto state = must(scene.store().orders().find(order.order.id)).order.state;
            const auto* const finished = std::get_if<ra::Finished>(&state);
            if (finished == nullptr) continue;
            EXPECT_EQ(finished->certificates.size(), 2u);
            return;
        }
    });
    must(scene.store().issuance().recordIssued(scene.issuedFrom(order, intents)));
    reader.join();
}

}  // namespace
}  // namespace mailca::test
