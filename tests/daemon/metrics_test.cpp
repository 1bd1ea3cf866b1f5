#include "daemon/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>

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

}  // namespace
}  // namespace mailca::daemon
