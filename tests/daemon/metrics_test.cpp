#include "daemon/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "store/audit_book.h"
#include "store/crl_book.h"
#include "tests/ca/support.h"
#include "tests/support/files.h"

namespace mailca::daemon {
namespace {

double valueOf(const StoreMetrics& metrics, const std::string& name) {
    const auto families = metrics.Collect();
    const auto found = std::ranges::find(families, name, &prometheus::MetricFamily::name);
    if (found == families.end() || found->metric.size() != 1) {
        ADD_FAILURE() << name << " is not there once";
        return -1;
    }
    return found->type == prometheus::MetricType::Gauge ? found->metric[0].gauge.value : found->metric[0].counter.value;
}

TEST(StoreMetrics, CountTransactionsAndTheirCommits) {
    const test::TempDir dir;
    const auto database = store::Database::open(dir.file("mailca.db"), {});
    ASSERT_TRUE(database) << database.error().text();
    const StoreMetrics metrics(**database);
    EXPECT_EQ(valueOf(metrics, "mailca_store_transactions_total"), 0);
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE((*database)->write([](store::sqlite::Connection&) -> Result<void> { return {}; }));
    }
    EXPECT_EQ(valueOf(metrics, "mailca_store_transactions_total"), 3);
    EXPECT_EQ(valueOf(metrics, "mailca_store_commits_total"), 3);
    EXPECT_EQ(valueOf(metrics, "mailca_store_waiting"), 0);
    EXPECT_GE(valueOf(metrics, "mailca_store_checkpoints_total"), 0);
}

TEST(StoreMetrics, TellWhatSqliteHolds) {
    const test::TempDir dir;
    const auto database = store::Database::open(dir.file("mailca.db"), {});
    ASSERT_TRUE(database) << database.error().text();
    const StoreMetrics metrics(**database);
    const double before = valueOf(metrics, "mailca_store_memory_bytes");
    ASSERT_TRUE((*database)->write([](store::sqlite::Connection& connection) -> Result<void> {
        TRY_VOID(connection.run("CREATE TABLE filler (octets BLOB)"));
        return connection.script("INSERT INTO filler VALUES (zeroblob(1000000))");
    }));
    EXPECT_GE(valueOf(metrics, "mailca_store_memory_bytes"), before + 1000000);
}

TEST(ServiceMetrics, TellWhatTheDatabaseHoldsAndWhatHappenedSince) {
    const test::TempDir dir;
    const test::FakeClock clock;
    const test::AuthorityOnDisk disk(clock);
    const auto database = test::must(store::Database::open(dir.file("mailca.db"), {}));
    store::AuditBook book(*database);
    store::CrlBook crls(*database);
    const auto record = [&](const std::string& act) {
        test::must(book.record({clock.now(), "mailcad", act, "", json::object({})}));
    };
    record("of an earlier run");
    Freshness freshness(
        *database, disk.authority(), [&](const ca::Issuer&) -> Result<Time> { return clock.now() + 24h; }, clock, 72h);
    std::size_t mails = 3;
    const ServiceMetrics metrics(
        {*database, freshness, clock, [&]() -> Result<std::size_t> { return mails; }, [] { return std::size_t{1}; }},
        test::must(book.head()).nr);
    test::must(crls.store({"smime-1", 0}, {{1, clock.now(), clock.now() + 100h}, Bytes(9, 1)}, 0));
    test::must(freshness.look());
    record("order.failed");
    const auto valueOf = [&](const std::string& name, const std::string& label) {
        for (const auto& family : metrics.Collect()) {
            if (family.name != name) continue;
            for (const auto& metric : family.metric) {
                if (!label.empty() && (metric.label.empty() || metric.label[0].value != label)) continue;
                return family.type == prometheus::MetricType::Gauge ? metric.gauge.value : metric.counter.value;
            }
        }
        return -1.0;
    };
    EXPECT_EQ(valueOf("mailca_acts_total", "order.failed"), 1);
    record("order.failed");
    EXPECT_EQ(valueOf("mailca_acts_total", "order.failed"), 2) << "counted once each";
    EXPECT_EQ(valueOf("mailca_acts_total", "of an earlier run"), -1);
    EXPECT_EQ(valueOf("mailca_queue_depth", "intake"), 3);
    EXPECT_EQ(valueOf("mailca_queue_depth", "outbox"), 0);
    EXPECT_EQ(valueOf("mailca_certificates_total", ""), 0);
    EXPECT_EQ(valueOf("mailca_crl_fresh_seconds", "smime-1"), 100 * 3600);
    EXPECT_EQ(valueOf("mailca_ocsp_fresh_seconds", "timestamp-1"), 24 * 3600);
    EXPECT_EQ(valueOf("mailca_troubles", ""), 1);
}

}  // namespace
}  // namespace mailca::daemon
