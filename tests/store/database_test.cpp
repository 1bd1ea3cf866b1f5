// Opening: what is refused, and with which words; what a file of ours is like afterwards.
#include <sys/stat.h>

#include <fstream>

#include <gtest/gtest.h>

#include "store/schema/migrations.h"
#include "tests/store/check_invariants.h"
#include "tests/store/scene.h"

namespace mailca::test {
namespace {

using store::Database;
using store::sqlite::Access;
using store::sqlite::Connection;
using store::sqlite::Row;

Error refusalOf(const std::string& path) {
    const auto opened = Database::open(path, {});
    return opened ? Error{ErrorKind::NotFound, "it was opened"} : opened.error();
}

void changeByHand(const std::string& path, const std::string& sql) {
    std::ofstream(path, std::ios::app).flush();
    Connection connection = must(Connection::open(path, Access::ReadWrite));
    must(connection.script(sql));
}

TEST(Opening, RefusesADatabaseOfANewerProgramAndSaysBothVersions) {
    const TempDir dir;
    { must(Database::open(dir.file("a.db"), {})); }
    changeByHand(dir.file("a.db"), "PRAGMA user_version = 999");
    const Error error = refusalOf(dir.file("a.db"));
    EXPECT_EQ(error.kind, ErrorKind::Config);
    EXPECT_NE(error.detail.find("version 999"), std::string::npos) << error.detail;
    EXPECT_NE(error.detail.find("a.db"), std::string::npos) << error.detail;
}

TEST(Opening, RefusesTheDatabaseOfAnotherProgramAndLeavesItAlone) {
    const TempDir dir;
    changeByHand(dir.file("bookmarks.db"), "CREATE TABLE bookmarks (url TEXT)");
    const std::string before = readFile(dir.file("bookmarks.db"));
    EXPECT_EQ(refusalOf(dir.file("bookmarks.db")).kind, ErrorKind::Config);
    EXPECT_EQ(readFile(dir.file("bookmarks.db")), before);
}

TEST(Opening, RefusesWhatIsNoDatabase) {
    const TempDir dir;
    writeFile(dir.file("a.db"), std::string(20000, 'x'));
    const Error error = refusalOf(dir.file("a.db"));
    EXPECT_EQ(error.kind, ErrorKind::Store);
    EXPECT_NE(error.detail.find("restore the backup"), std::string::npos) << error.detail;
    EXPECT_EQ(readFile(dir.file("a.db")), std::string(20000, 'x'));
}

TEST(Opening, RefusesADatabaseThatWasCutShort) {
    const TempDir dir;
    { must(Database::open(dir.file("a.db"), {})); }
    std::filesystem::resize_file(dir.file("a.db"), 8192);
    EXPECT_EQ(refusalOf(dir.file("a.db")).kind, ErrorKind::Store);
}

TEST(Opening, SaysThatTheFolderIsMissing) {
    const TempDir dir;
    const Error error = refusalOf(dir.file("nowhere/a.db"));
    EXPECT_EQ(error.kind, ErrorKind::Io);
    EXPECT_NE(error.detail.find("folder"), std::string::npos) << error.detail;
}

TEST(Opening, RefusesADatabaseThatAnotherDaemonHolds) {
    const TempDir dir;
    const auto first = must(Database::open(dir.file("a.db"), {}));
    EXPECT_EQ(refusalOf(dir.file("a.db")).kind, ErrorKind::Unavailable);
}

TEST(Opening, GivesTheFileToItsOwnerAlone) {
    Scene scene;
    struct stat facts {};
    ASSERT_EQ(::stat(scene.path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u);
    ASSERT_EQ(::stat((scene.path() + "-wal").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST(Opening, WritesDurablyAndWatchesReferences) {
    Scene scene;
    const auto setting = [&](std::string_view pragma) {
        return must(scene.store().database().write([&](Connection& db) {
                   return db.first(pragma, {}, [](const Row& row) { return row.text(0); });
               }))
            .value_or("none");
    };
    EXPECT_EQ(setting("PRAGMA journal_mode"), "wal");
    EXPECT_EQ(setting("PRAGMA synchronous"), "2");  // FULL
    EXPECT_EQ(setting("PRAGMA foreign_keys"), "1");
}

TEST(Opening, TwiceFindsEverythingAndChangesNothing) {
    Scene scene;
    const ra::Account account = scene.account();
    const std::int64_t schema = scene.count("PRAGMA schema_version");
    scene.open();
    EXPECT_EQ(must(scene.store().accounts().find(account.id)).thumbprint, account.thumbprint);
    EXPECT_EQ(scene.count("PRAGMA schema_version"), schema);
    EXPECT_EQ(CheckInvariants(scene.path()), std::vector<std::string>{});
}

TEST(Migrations, AreNumberedWithoutGaps) {
    int expected = 0;
    for (const store::schema::Migration& migration : store::schema::migrations())
        EXPECT_EQ(migration.number, ++expected);
}

TEST(Migrations, ApplyOnlyWhatIsMissingAndAllOfAStepOrNothing) {
    const TempDir dir;
    writeFile(dir.file("a.db"), "");
    Connection db = must(Connection::open(dir.file("a.db"), Access::ReadWrite));
    const std::vector<store::schema::Migration> steps{{1, "CREATE TABLE a (x INTEGER);"},
                                                      {2, "CREATE TABLE b (x INTEGER);"},
                                                      {3, "CREATE TABLE c (x INTEGER); nonsense;"}};
    must(store::schema::migrate(db, std::span(steps).first(1)));
    const auto failed = store::schema::migrate(db, steps);
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().detail.find("schema change 3"), std::string::npos) << failed.error().detail;
    const auto tables = must(db.all("SELECT name FROM sqlite_schema", {}, [](const Row& row) { return row.text(0); }));
    EXPECT_EQ(tables, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(must(db.first("PRAGMA user_version", {}, [](const Row& row) { return row.integer(0); })), 2);
}

TEST(Statements, BindByPositionWhateverTheOrderInTheText) {
    Scene scene;
    const auto row = must(scene.store().database().read([](Connection& db) {
        return db.first("SELECT ?2, ?1", {"first", "second"}, [](const Row& r) { return r.text(0) + " " + r.text(1); });
    }));
    EXPECT_EQ(row, "second first");
}

TEST(Statements, KeepEmptyTextAndEmptyBytesApartFromNull) {
    Scene scene;
    const auto row = must(scene.store().database().read([](Connection& db) {
        return db.first("SELECT typeof(?1), typeof(?2), typeof(?3)", {std::string_view(), Bytes(), std::nullopt},
                        [](const Row& r) { return r.text(0) + " " + r.text(1) + " " + r.text(2); });
    }));
    EXPECT_EQ(row, "text blob null");
}

TEST(Readers, CannotWrite) {
    Scene scene;
    const auto changed = scene.store().database().read([](Connection& db) { return db.run("DELETE FROM accounts"); });
    EXPECT_FALSE(changed);
}

}  // namespace
}  // namespace mailca::test
