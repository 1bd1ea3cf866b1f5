#include "enroll/ra/issuance_desk.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <thread>

#include "tests/ca/support.h"
#include "tests/enroll/support/caa_table.h"
#include "tests/enroll/support/registration.h"

namespace mailca::ra {
namespace {

// Keeps what is recorded; `...Trouble` are the answers of the next calls, in order.
class MemoryIssuance final : public IssuanceBook {
 public:
    explicit MemoryIssuance(test::MemoryOrders& orders) : m_orders(orders) {}

    std::deque<Error> intentTrouble, issuedTrouble, failureTrouble;
    bool intentsAnswerLost = false;  // recorded, yet the caller is told of trouble
    std::map<OrderId, std::size_t> intents;
    std::vector<IssuedOrder> issued;
    std::vector<OrderFailure> failures;
    std::vector<OrderId> waiting;
    int orphans = 0;
    bool orphansClosed = false;

    Result<void> recordIntents(const ca::IntentsOfOrder& recorded) override {
        const std::lock_guard lock(m_mutex);
        TRY_VOID(next(intentTrouble));
        if (!inProgress(recorded.order) || intents.contains(recorded.order))
            return fail(ErrorKind::Conflict, "has intents");
        intents[recorded.order] = recorded.intents.size();
        if (intentsAnswerLost) return fail(ErrorKind::Store, "the answer was lost");
        return {};
    }
    Result<std::vector<OrderId>> unfinished() override { return waiting; }
    Result<void> recordIssued(const IssuedOrder& order) override {
        const std::lock_guard lock(m_mutex);
        TRY_VOID(next(issuedTrouble));
        if (!inProgress(order.order)) return fail(ErrorKind::Conflict, "not in progress");
        std::vector<CertificateId> ids;
        for (const IssuedItem& item : order.items) ids.push_back(item.record.id);
        m_orders.setState(order.order, Finished{order.at, ids});
        issued.push_back(order);
        return {};
    }
    Result<void> recordFailure(const OrderFailure& failure) override {
        const std::lock_guard lock(m_mutex);
        TRY_VOID(next(failureTrouble));
        if (!inProgress(failure.order)) return fail(ErrorKind::Conflict, "not in progress");
        m_orders.setState(failure.order, Failed{failure.error, failure.at});
        failures.push_back(failure);
        return {};
    }
    Result<int> closeOrphans(Time) override {
        orphansClosed = true;
        return orphans;
    }

 private:
    static Result<void> next(std::deque<Error>& trouble) {
        if (trouble.empty()) return {};
        const Error error = trouble.front();
        trouble.pop_front();
        return error;
    }
    bool inProgress(const OrderId& order) {
        return std::holds_alternative<InProgress>(m_orders.find(order)->order.state);
    }
    test::MemoryOrders& m_orders;
    std::mutex m_mutex;
};

const Error kFullDisk = fail(ErrorKind::Store, "disk full");

class DeskTest : public test::Registration {
 protected:
    static const test::AuthorityOnDisk& disk() {
        static const test::AuthorityOnDisk made;
        return made;
    }
    test::CaaTable dns;
    va::CaaChecker caa{dns, clock, {"ca.example"}};
    MemoryIssuance book{orderBook};
    ca::LocalSigner signer = test::localSigner(disk(), clock, random);
    ca::Issuance issuance{signer, book, clock};
    IssuanceDesk desk{issuance, caa, orders, orderBook, book, clock, random};

    DeskTest() { dns.set("example.org", dns::Status::Found, {{0, "issuemail", "ca.example"}}); }

    PreparedOrder prepared(const std::string& mailbox = "alice@example.org") {
        const OrderView view = ready(mailbox);
        return orders.finalize(account, view.order.id, test::csrFor(test::newKey(), mailbox)).value().prepared;
    }
    OrderId submitted(const std::string& mailbox = "alice@example.org") {
        PreparedOrder order = prepared(mailbox);
        const OrderId id = order.order;
        departures.insert_or_assign(id, desk.submit(std::move(order)));
        return id;
    }
    void turnLater() {
        clock.advance(61s);
        ASSERT_TRUE(desk.turn());
    }
    bool here(const OrderId& order) { return departures.at(order).wait_for(0ms) != std::future_status::ready; }
    std::optional<OrderState> leftAs(const OrderId& order) { return departures.at(order).get(); }
    std::map<OrderId, IssuanceDesk::Departure> departures;
};

TEST_F(DeskTest, IssuesRecordsAndPublishesInOneValue) {
    const OrderId order = submitted();
    EXPECT_TRUE(here(order));
    ASSERT_TRUE(desk.turn());
    EXPECT_FALSE(here(order));
    ASSERT_EQ(book.issued.size(), 1U);
    ASSERT_EQ(book.issued[0].items.size(), 1U);
    const IssuedItem& item = book.issued[0].items[0];
    const auto certificate = x509::Certificate::fromDer(item.record.der).value();
    EXPECT_EQ(certificate.emails(), std::vector<std::string>{"alice@example.org"});
    EXPECT_EQ(item.record.serial, certificate.serial());
    EXPECT_EQ(item.record.account, account.id);
    EXPECT_EQ(item.record.issuer, "smime-1");
    EXPECT_EQ(item.publication.certificate, item.record.der);
    EXPECT_EQ(item.publication.trust, exchange::TrustClass::Issued);
}

TEST_F(DeskTest, IssuesEveryCertificateOfABundle) {
    const OrderView view = ready("alice@example.org", "smime-timestamp");
    std::map<std::string, Bytes> csrs;
    for (const char* profile : {"smime-sign", "smime-encrypt", "timestamp"}) {
        csrs[profile] = test::csrFor(test::newKey(), "alice@example.org");
    }
    auto departure = desk.submit(orders.finalize(account, view.order.id, csrs).value().prepared);
    ASSERT_TRUE(desk.turn());
    ASSERT_EQ(book.issued.size(), 1U);
    EXPECT_EQ(book.issued[0].items.size(), 3U);
    EXPECT_EQ(book.issued[0].items[2].record.profile, "timestamp");
    EXPECT_EQ(book.intents.begin()->second, 3U);
    const auto finished = std::get<Finished>(departure.get().value());
    ASSERT_EQ(finished.certificates.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(finished.certificates[i], book.issued[0].items[i].record.id);
    EXPECT_EQ(finished.at, book.issued[0].at);
}

TEST_F(DeskTest, RecordsARefusalByCaa) {  // C27, C23
    dns.set("example.org", dns::Status::Found, {{0, "issuemail", ";"}});
    const OrderId order = submitted();
    ASSERT_TRUE(desk.turn());
    EXPECT_FALSE(here(order));
    ASSERT_EQ(book.failures.size(), 1U);
    EXPECT_EQ(book.failures[0].error.kind, ErrorKind::Caa);
    EXPECT_EQ(std::get<Failed>(leftAs(order).value()).error, book.failures[0].error) << "the client is told at once";
    EXPECT_TRUE(book.intents.empty()) << "nothing was signed";
}

TEST_F(DeskTest, TriesAgainWhenCaaCouldNotBeLearnt) {  // C25: a passing failure ends no order
    dns.failFirst("example.org", 2);
    const OrderId order = submitted();
    ASSERT_TRUE(desk.turn());
    EXPECT_TRUE(here(order));
    turnLater();
    EXPECT_FALSE(here(order));
    EXPECT_EQ(book.issued.size(), 1U);
    EXPECT_TRUE(book.failures.empty());
}

TEST_F(DeskTest, EndsAnOrderWhoseCaaIsNeverLearnt) {  // C26
    dns.failFirst("example.org", 1000);
    const OrderId order = submitted();
    ASSERT_TRUE(desk.turn());
    for (int i = 0; i < 10; ++i) turnLater();
    EXPECT_FALSE(here(order));
    ASSERT_EQ(book.failures.size(), 1U);
    EXPECT_EQ(book.failures[0].error.kind, ErrorKind::Caa);
    EXPECT_TRUE(book.intents.empty()) << "nothing was signed";
}

TEST_F(DeskTest, RecordsWhatTheLedgerRefuses) {
    for (const ErrorKind kind : {ErrorKind::Unauthorized, ErrorKind::BadPublicKey, ErrorKind::Caa}) {
        book.intentTrouble.push_back(fail(kind, "refused"));
        submitted();
        ASSERT_TRUE(desk.turn());
        EXPECT_EQ(book.failures.back().error.kind, kind);
    }
    EXPECT_TRUE(book.issued.empty());
}

TEST_F(DeskTest, TriesAgainWhenTheStoreWasInTroubleBeforeTheIntents) {
    book.intentTrouble = {kFullDisk, kFullDisk};
    const OrderId order = submitted();
    ASSERT_TRUE(desk.turn());
    EXPECT_TRUE(here(order));
    turnLater();
    turnLater();
    EXPECT_FALSE(here(order));
    EXPECT_EQ(book.issued.size(), 1U);
    EXPECT_TRUE(book.failures.empty());
}

TEST_F(DeskTest, NeverSignsTwiceWhenTheIntentsAnswerWasLost) {  // design step 5
    book.intentsAnswerLost = true;
    const OrderId order = submitted();
    ASSERT_TRUE(desk.turn());
    book.intentsAnswerLost = false;
    turnLater();
    EXPECT_FALSE(here(order));
    EXPECT_TRUE(book.issued.empty());
    ASSERT_EQ(book.failures.size(), 1U);
    EXPECT_EQ(book.failures[0].error.kind, ErrorKind::ServerInternal);
}

TEST_F(DeskTest, RecordsTheSameCertificateLaterWhenRecordingFailed) {
    book.issuedTrouble = {kFullDisk, kFullDisk, kFullDisk};
    const OrderId order = submitted();
    ASSERT_TRUE(desk.turn());
    EXPECT_TRUE(here(order));
    for (int i = 0; i < 3; ++i) turnLater();
    EXPECT_FALSE(here(order));
    EXPECT_EQ(book.issued.size(), 1U);
    EXPECT_EQ(book.intents.size(), 1U);
}

TEST_F(DeskTest, GivesUpAfterBoundedAttemptsAndTellsTheClient) {
    book.issuedTrouble.assign(10, kFullDisk);
    const OrderId order = submitted();
    ASSERT_TRUE(desk.turn());
    for (int i = 0; i < 10; ++i) turnLater();
    EXPECT_FALSE(here(order));
    EXPECT_TRUE(book.issued.empty());
    ASSERT_EQ(book.failures.size(), 1U) << "its serial is left to closeOrphans";
}

TEST_F(DeskTest, RecordsAFailureLaterWhenThatFailed) {
    dns.set("example.org", dns::Status::Found, {{0, "issuemail", ";"}});
    book.failureTrouble = {kFullDisk};
    const OrderId order = submitted();
    ASSERT_TRUE(desk.turn());
    EXPECT_TRUE(here(order));
    turnLater();
    EXPECT_FALSE(here(order));
    EXPECT_EQ(book.failures.size(), 1U);
}

TEST_F(DeskTest, LeavesAnOrderAloneThatWasEndedMeanwhile) {
    book.issuedTrouble = {fail(ErrorKind::Conflict, "not in progress")};
    const OrderId order = submitted();
    orderBook.setState(order, Failed{kFullDisk, clock.now()});
    ASSERT_TRUE(desk.turn());
    EXPECT_FALSE(here(order));
    EXPECT_FALSE(leftAs(order)) << "what it became is in the store";
    EXPECT_TRUE(book.issued.empty());
    EXPECT_TRUE(book.failures.empty());
}

TEST_F(DeskTest, TakesAnOrderOnce) {
    PreparedOrder order = prepared();
    auto first = desk.submit(order);
    EXPECT_FALSE(desk.submit(order).valid());
    ASSERT_TRUE(desk.turn());
    EXPECT_EQ(book.issued.size(), 1U);
    EXPECT_TRUE(first.get());
}

TEST_F(DeskTest, RecoversUnfinishedOrders) {
    const OrderId good = prepared().order;
    const OrderId expired = prepared("bob@example.org").order;
    orderBook.at(expired).authorization.expires = clock.now();
    book.waiting = {good, expired};
    ASSERT_TRUE(desk.recover());
    EXPECT_TRUE(book.orphansClosed);
    ASSERT_TRUE(desk.turn());
    ASSERT_TRUE(desk.turn());
    EXPECT_EQ(book.issued.size(), 1U);
    ASSERT_EQ(book.failures.size(), 1U);
    EXPECT_EQ(book.failures[0].error.kind, ErrorKind::Unauthorized);
}

TEST_F(DeskTest, PrefetchesADomainOnce) {  // C13
    desk.prefetch("example.org");
    desk.prefetch("example.org");
    ASSERT_TRUE(desk.turn());
    EXPECT_EQ(dns.asked().size(), 1U);
    submitted();
    ASSERT_TRUE(desk.turn());
    EXPECT_EQ(dns.asked().size(), 1U) << "the permission was there already";
}

TEST_F(DeskTest, ServesManyWorkersAndWaiters) {
    std::vector<PreparedOrder> all;
    for (int i = 0; i < 12; ++i) all.push_back(prepared("user" + std::to_string(i) + "@example.org"));
    book.issuedTrouble = {};
    std::atomic<bool> stopping{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([this, &stopping] {
            while (!stopping) EXPECT_TRUE(desk.turn());
        });
    }
    std::vector<std::thread> clients;
    for (const PreparedOrder& order : all) {
        clients.emplace_back([this, &order] {
            auto departure = desk.submit(order);
            ASSERT_EQ(departure.wait_for(60s), std::future_status::ready);
            EXPECT_TRUE(std::holds_alternative<Finished>(departure.get().value()));
            EXPECT_TRUE(std::holds_alternative<Finished>(orderBook.find(order.order)->order.state));
        });
    }
    for (std::thread& client : clients) client.join();
    stopping = true;
    desk.stop();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(book.issued.size(), all.size());
    EXPECT_EQ(book.intents.size(), all.size());
}

TEST_F(DeskTest, StopWakesWhoWaits) {
    const OrderId order = submitted();
    std::thread waiter([&] { EXPECT_FALSE(leftAs(order)); });
    desk.stop();
    waiter.join();
    EXPECT_FALSE(leftAs(submitted())) << "nobody waits for a desk that has stopped";
    EXPECT_TRUE(desk.turn());
    EXPECT_TRUE(book.issued.empty());
}

}  // namespace
}  // namespace mailca::ra
