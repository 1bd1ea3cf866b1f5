// Standards B48-B52: whatever finalizations, deactivations, key changes, revocations and issuance do to the same
// accounts and orders at once, no watcher ever sees a transition that RFC 8555 section 7.1.6 does not have.
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "core/x509/request.h"
#include "enroll/ra/incidents.h"
#include "enroll/ra/service.h"
#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

using ra::AccountStatus;
using ra::AuthorizationStatus;
using ra::OrderStatus;

constexpr int kAccounts = 6;
constexpr int kOrdersEach = 8;
constexpr int kThreads = 6;
constexpr int kTurns = 100;
constexpr std::uint64_t kRoundsAtMost = 20;

// Where each state may have gone by the next look, itself aside; several steps may lie between two looks.
const std::map<OrderStatus, std::set<OrderStatus>> kOrders{
    {OrderStatus::Pending, {OrderStatus::Ready, OrderStatus::Processing, OrderStatus::Valid, OrderStatus::Invalid}},
    {OrderStatus::Ready, {OrderStatus::Processing, OrderStatus::Valid, OrderStatus::Invalid}},
    {OrderStatus::Processing, {OrderStatus::Valid, OrderStatus::Invalid}},
    {OrderStatus::Valid, {}},
    {OrderStatus::Invalid, {}}};
const std::map<AuthorizationStatus, std::set<AuthorizationStatus>> kAuthorizations{
    {AuthorizationStatus::Pending,
     {AuthorizationStatus::Valid, AuthorizationStatus::Invalid, AuthorizationStatus::Deactivated}},
    {AuthorizationStatus::Valid, {AuthorizationStatus::Deactivated}},
    {AuthorizationStatus::Invalid, {}},
    {AuthorizationStatus::Deactivated, {}}};
const std::map<AccountStatus, std::set<AccountStatus>> kAccountStates{
    {AccountStatus::Valid, {AccountStatus::Deactivated}}, {AccountStatus::Deactivated, {}}};
const std::map<std::size_t, std::set<std::size_t>> kChallenges{{0, {1, 2, 3}}, {1, {2, 3}}, {2, {}}, {3, {}}};

template <typename Key, typename Status>
class Watched final {
 public:
    explicit Watched(const std::map<Status, std::set<Status>>& allowed) : m_allowed(allowed) {}
    void see(const Key& key, Status status) {
        const auto [known, first] = m_last.try_emplace(key, status);
        if (first || known->second == status) return;
        EXPECT_TRUE(m_allowed.at(known->second).contains(status))
            << "from " << static_cast<int>(known->second) << " to " << static_cast<int>(status);
        known->second = status;
    }

 private:
    const std::map<Status, std::set<Status>>& m_allowed;
    std::map<Key, Status> m_last;
};

// Registration on the real store.
struct Registration {
    Scene scene;
    SequenceRandom random{77};
    const ca::Profiles profiles = must(ca::Profiles::load(std::string(MAILCA_SOURCE_DIR) + "/policies"));
    const ra::Policy policy{.challengeFrom = mailbox("acme@ca.example")};
    ra::Limits limits{{.mailsPerMailbox = 1000, .strangersMailsPerPeer = 1000, .strangersMails = 1000},
                      scene.store().orders(),
                      scene.clock()};
    ra::Orders orders{
        scene.store().orders(), scene.store().accounts(), profiles, policy, limits, scene.clock(), random};
    ra::Accounts accounts{scene.store().accounts(), policy, scene.clock(), random};
    ra::SetRevocations revocations{scene.store().selections(), scene.clock()};

    const crypto::PrivateKey key = must(crypto::PrivateKey::generate({crypto::KeyType::P256, 0}));
    std::map<std::string, Bytes> csrs;
    std::vector<jose::Jwk> keys;  // for accounts to change to
    std::vector<ra::OrderView> placed;

    Registration() {
        for (int i = 0; i < kAccounts; ++i) {
            keys.push_back(
                must(jose::toJwk(must(crypto::PrivateKey::generate({crypto::KeyType::P256, 0})).publicKey())));
            const ra::Account account = must(accounts.create({keys.back(), {}, false, false})).account;
            for (int order = 0; order < kOrdersEach; ++order) {
                const std::string address = "mailbox" + std::to_string(order % 3) + "@example.org";
                const auto made = must(orders.create(account, {{{"email", address}}, "smime-dual"}));
                placed.push_back(std::get<ra::OrderView>(made));
                csrs.try_emplace(address, must(x509::makeRequest(key, mailbox(address), std::nullopt)));
            }
        }
        // More keys than accounts: some changes find a free one, some do not.
        for (int i = 0; i < 2 * kAccounts; ++i) {
            keys.push_back(
                must(jose::toJwk(must(crypto::PrivateKey::generate({crypto::KeyType::P256, 0})).publicKey())));
        }
    }
};

// One thread: random deeds of clients, of the mail door and of the issuance worker.
class Deeds final {
 public:
    Deeds(Registration& house, std::uint64_t seed)
        : m_house(house), m_walker(house.scene.store(), 5000 + seed), m_engine(seed) {}

    void once() {
        const ra::OrderView& placed = m_house.placed[m_engine() % m_house.placed.size()];
        const auto account = m_house.scene.store().accounts().find(placed.order.account);
        switch (m_engine() % 16) {
            case 0:
                return check(m_house.orders.deactivate(*account, placed.authorization.id));
            case 1:
                return changeKey(*account);
            case 2:
                return revoke(placed);
            case 3:
                if (m_engine() % 8 == 0) check(m_house.accounts.update(*account, std::nullopt, true));
                return;
            case 4:
                return fail(placed);
            case 5:
            case 6:
                return check(m_house.orders.postChallenge(*account, placed.authorization.challenge.id));
            case 7:
            case 8:
                return reply(placed);
            case 9:
            case 10:
            case 11:
                return check(m_house.orders.finalize(*account, placed.order.id,
                                                     m_house.csrs.at(placed.order.identifier.mailbox.text())));
            default:
                return issue(placed);
        }
    }

 private:
    // Refusals that clients may meet; anything else is a defect.
    template <typename T>
    void check(const Result<T>& result) {
        static const std::set<ErrorKind> kOrdinary{
            ErrorKind::Conflict,     ErrorKind::Malformed,      ErrorKind::OrderNotReady, ErrorKind::AccountDeactivated,
            ErrorKind::Unauthorized, ErrorKind::AlreadyRevoked, ErrorKind::Unavailable};
        if (result) return;
        EXPECT_TRUE(kOrdinary.contains(result.error().kind)) << result.error().text();
    }
    void changeKey(const ra::Account& account) {
        const jose::Jwk old = must(jose::parseJwk(must(json::parse(account.jwk))));
        check(m_house.accounts.changeKey(account, old, m_house.keys[m_engine() % m_house.keys.size()]));
    }
    void reply(const ra::OrderView& placed) {
        const ChallengeId& challenge = placed.authorization.challenge.id;
        if (m_engine() % 20 == 0) {
            const Error error = mailca::fail(ErrorKind::Dns, "no answer");
            return check(m_house.scene.store().replies().record(m_walker.reply(ra::Unverifiable{challenge, error})));
        }
        check(m_house.scene.store().replies().record(
            m_walker.reply(ra::Proves{challenge, ra::ValidationMethod::Strict})));
    }
    void issue(const ra::OrderView& placed) {
        const ra::NewOrder order{placed.order, placed.authorization};
        const ca::IntentsOfOrder intents = m_walker.intents(order);
        const auto recorded = m_house.scene.store().issuance().recordIntents(intents);
        check(recorded);
        if (recorded) check(m_house.scene.store().issuance().recordIssued(m_walker.issuedFrom(order, intents)));
    }
    void fail(const ra::OrderView& placed) {
        if (m_engine() % 4 != 0) return;
        const Error error = mailca::fail(ErrorKind::Caa, "the domain does not let this CA issue");
        check(m_house.scene.store().issuance().recordFailure({placed.order.id, m_walker.now(), error}));
    }
    void revoke(const ra::OrderView& placed) {
        const auto records = must(m_house.scene.store().certificates().findByMailbox(placed.order.identifier.mailbox));
        if (records.empty()) return;
        ra::CertificateSelection selection;
        selection.serials = {records[m_engine() % records.size()].serial};
        check(m_house.revocations.revoke(selection, 0, 4));
    }

    Registration& m_house;
    Walker m_walker;
    std::mt19937_64 m_engine;
};

// Looks at everything again and again. What it saw last and what it sees now must be a transition that there is.
class Watcher final {
 public:
    explicit Watcher(Registration& house) : m_house(house) {}
    void look() {
        const Time now = m_house.scene.now();
        for (const ra::OrderView& placed : m_house.placed) {
            const ra::OrderView view = must(m_house.scene.store().orders().find(placed.order.id));
            m_orders.see(view.order.id, view.order.status(view.authorization, now));
            m_authorizations.see(view.authorization.id, view.authorization.status(now));
            m_challenges.see(view.authorization.challenge.id, view.authorization.challenge.state().index());
            m_accounts.see(view.order.account, must(m_house.scene.store().accounts().find(view.order.account)).status);
        }
    }

 private:
    Registration& m_house;
    Watched<OrderId, OrderStatus> m_orders{kOrders};
    Watched<AuthorizationId, AuthorizationStatus> m_authorizations{kAuthorizations};
    Watched<ChallengeId, std::size_t> m_challenges{kChallenges};
    Watched<AccountId, AccountStatus> m_accounts{kAccountStates};
};

// What has to happen for the test to have tried anything: which of it comes first is the scheduler's choice.
std::vector<std::string_view> notTried(Scene& scene) {
    std::vector<std::string_view> missing;
    for (const std::string_view happened :
         {"SELECT count(*) FROM certificates", "SELECT count(*) FROM certificates WHERE revoked_at IS NOT NULL",
          "SELECT count(*) FROM authorizations WHERE deactivated_at IS NOT NULL",
          "SELECT count(*) FROM audit WHERE act = 'account.key-changed'",
          "SELECT count(*) FROM accounts WHERE status = 1", "SELECT count(*) FROM orders WHERE state = 3"}) {
        if (scene.count(happened) == 0) missing.push_back(happened);
    }
    return missing;
}

TEST(StateMachines, HaveNoTransitionBesidesTheirOwnUnderConcurrency) {
    Registration house;
    std::atomic<bool> over{false};
    std::thread watcher([&] {
        Watcher eyes(house);
        while (!over) eyes.look();
        eyes.look();
    });
    for (std::uint64_t round = 0; round < kRoundsAtMost && !notTried(house.scene).empty(); ++round) {
        std::vector<std::thread> threads;
        for (std::uint64_t seed = 1; seed <= kThreads; ++seed) {
            threads.emplace_back([&house, seed, round] {
                Deeds deeds(house, round * kThreads + seed);
                for (int turn = 0; turn < kTurns; ++turn) deeds.once();
            });
        }
        for (std::thread& thread : threads) thread.join();
    }
    over = true;
    watcher.join();
    EXPECT_EQ(CheckInvariants(house.scene.path()), std::vector<std::string>{});
    EXPECT_EQ(notTried(house.scene), std::vector<std::string_view>{});
}

// The watcher's own test: it does see what must not be.
TEST(StateMachines, AreWatchedByWhoNotices) {
    Watched<int, OrderStatus> watched{kOrders};
    watched.see(1, OrderStatus::Ready);
    EXPECT_NONFATAL_FAILURE(watched.see(1, OrderStatus::Pending), "from 1 to 0");
    watched.see(2, OrderStatus::Invalid);
    EXPECT_NONFATAL_FAILURE(watched.see(2, OrderStatus::Valid), "from 4 to 3");
}

}  // namespace
}  // namespace mailca::test
