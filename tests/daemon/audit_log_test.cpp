// The daemon's own rows, signed heads, and the file or FIFO that the log is handed on to.
#include "daemon/audit_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include "ca/audit/check.h"
#include "tests/ca/support.h"

namespace mailca::daemon {
namespace {

using test::must;

class Log : public ::testing::Test {
 protected:
    Log() {
        must(ca::audit::makeKey(m_dir.path().string(), test::passphrase(), test::kCheapSeal, m_random));
        m_config.text = "database = \"mailca.db\"\n";
        m_database = must(store::Database::open(m_dir.file("mailca.db"), {}));
        m_book.emplace(*m_database);
    }
    std::optional<HeadSigner> key() {
        const auto opened = std::make_shared<ca::audit::Key>(test::auditKeyIn(m_dir.path().string()));
        return HeadSigner{opened->publicKey(),
                          [opened](const ca::audit::Head& head, Time at) { return opened->sign(head, at); }};
    }
    Result<std::unique_ptr<AuditLog>> open() { return AuditLog::open(m_config, *m_book, key(), m_clock); }
    void record(int rows = 1) {
        for (int i = 0; i < rows; ++i) must(m_book->record({m_clock.now(), "mailcad", "thing", "", json::object({})}));
    }
    std::vector<ca::audit::Row> rows() {
        std::vector<ca::audit::Row> rows;
        for (auto& entry : must(m_book->after(0, 1000))) rows.push_back(std::move(entry.row));
        return rows;
    }
    std::string acts() {
        std::string acts;
        for (const auto& row : rows()) acts += row.act + " ";
        return acts;
    }
    // One turn, without its wait.
    static void turn(AuditLog& log) {
        log.stop();
        must(log.turn());
    }
    // What the log's lines are, from row `first` on.
    std::string lines(std::int64_t first = 1) {
        std::string lines;
        for (const auto& entry : must(m_book->after(first - 1, 1000))) lines += ca::audit::lineOf(entry) + "\n";
        return lines;
    }
    std::string exportedTo() {
        m_config.auditExport = m_dir.file("audit.jsonl");
        return m_config.auditExport;
    }

    test::TempDir m_dir;
    test::FakeClock m_clock;
    SystemRandom m_random;
    Config m_config{must(EmailAddress::parse("acme@ca.example"))};
    std::unique_ptr<store::Database> m_database;
    std::optional<store::AuditBook> m_book;
};

TEST_F(Log, TellsItsStartItsEndAndWhatIsNewInItsConfiguration) {  // E23
    const test::AuthorityOnDisk disk(m_clock);
    const std::string start = "daemon.started configuration.loaded authority.loaded ";
    auto log = must(open());
    must(log->started(m_config, disk.authority()));
    EXPECT_EQ(acts(), start);
    EXPECT_EQ(must(json::parse(rows()[1].detail)).string("text"), m_config.text);
    EXPECT_EQ(must(json::parse(rows()[2].detail)).array("certificates")->size(),
              disk.authority().roots().size() + disk.authority().issuers().size() + 2)
        << "with the timestamping units";
    must(log->stopped());
    EXPECT_EQ(acts(), start + "daemon.stopped audit.signed ");
    must(must(open())->started(m_config, disk.authority()));
    EXPECT_EQ(acts(), start + "daemon.stopped audit.signed daemon.started ");
    m_config.text += "# changed\n";
    must(must(open())->started(m_config, disk.authority()));
    EXPECT_EQ(rows().back().act, "configuration.loaded");
}

TEST_F(Log, SignsItsHeadWhenItIsTimeAndSomethingHappened) {
    auto log = must(open());
    turn(*log);
    EXPECT_EQ(acts(), "") << "there is nothing to sign";
    record();
    turn(*log);
    EXPECT_EQ(acts(), "thing ") << "it was looked at just now";
    m_clock.advance(1h);
    turn(*log);
    EXPECT_EQ(acts(), "thing audit.signed ");
    m_clock.advance(24h);
    turn(*log);
    EXPECT_EQ(acts(), "thing audit.signed ") << "nothing happened since";
    record();
    m_clock.set(m_clock.now() - 48h);
    turn(*log);
    EXPECT_EQ(acts(), "thing audit.signed thing audit.signed ") << "a clock that went back puts nothing off";

    ca::audit::Check check(ca::audit::Head{}, key()->publicKey);
    for (const auto& entry : must(m_book->after(0, 100))) must(check.next(entry));
    EXPECT_EQ(check.signatures(), 2);
    EXPECT_EQ(check.signedUpTo(), 3);
}

TEST_F(Log, WithoutAKeyIsNotSigned) {
    auto log = must(AuditLog::open(m_config, *m_book, std::nullopt, m_clock));
    record();
    turn(*log);
    must(log->stopped());
    EXPECT_EQ(acts(), "thing daemon.stopped ");
}

TEST_F(Log, CountsWhoComesWithoutTheTokenAndTellsOnceAMinute) {
    auto log = must(open());
    for (int i = 0; i < 100; ++i) log->refusedOperator("127.0.0.1");
    EXPECT_EQ(acts(), "operator.refused ");
    m_clock.advance(60s);
    log->refusedOperator("127.0.0.1");
    EXPECT_EQ(acts(), "operator.refused operator.refused ");
    EXPECT_EQ(must(json::parse(rows()[1].detail)).integer("count"), 100);
}

TEST_F(Log, IsHandedOnToAFileRowByRow) {
    const std::string file = exportedTo();
    record(3);
    auto log = must(open());
    turn(*log);
    EXPECT_EQ(test::readFile(file), lines());
    record(2);
    turn(*log);
    EXPECT_EQ(test::readFile(file), lines());
    struct ::stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    must(log->stopped());
    EXPECT_EQ(test::readFile(file), lines()) << "with its end";
}

TEST_F(Log, AFileIsGoneOnWithAfterACrash) {
    const std::string file = exportedTo();
    record(3);
    turn(*must(open()));
    const std::string whole = test::readFile(file);
    for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1, whole.size()}) {
        test::writeFile(file, whole.substr(0, cut));
        turn(*must(open()));
        EXPECT_EQ(test::readFile(file), lines()) << cut;
    }
}

TEST_F(Log, AFileThatIsNotItsOwnIsRefused) {
    const std::string file = exportedTo();
    record(3);
    turn(*must(open()));
    const std::string whole = test::readFile(file);
    const auto refusal = [&] {
        const auto opened = open();
        EXPECT_FALSE(opened.has_value());
        EXPECT_EQ(opened.error().kind, ErrorKind::Config);
        return opened.error().detail;
    };
    test::writeFile(file, "Dear diary\n");
    EXPECT_NE(refusal().find("none of an audit log"), std::string::npos);
    std::string others = whole;
    others.replace(others.rfind(R"("sha256":")") + 10, 2,
                   others.substr(others.rfind(R"("sha256":")") + 10, 2) == "00" ? "11" : "00");
    test::writeFile(file, others);
    EXPECT_NE(refusal().find("another database"), std::string::npos);
    // The database is an older one: what was exported is not in it.
    test::writeFile(file, whole);
    m_database = must(store::Database::open(m_dir.file("other.db"), {}));
    m_book.emplace(*m_database);
    record(1);
    EXPECT_NE(refusal().find("ahead of the database"), std::string::npos);
    m_config.auditExport = "/dev/null";
    EXPECT_NE(refusal().find("neither a file nor a FIFO"), std::string::npos);
}

// A reader that takes what is there.
class Reader {
 public:
    explicit Reader(const std::string& path) : m_descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK)) {}
    ~Reader() { ::close(m_descriptor); }
    std::string read() {
        std::string text(1 << 20, '\0');
        const ssize_t count = ::read(m_descriptor, text.data(), text.size());
        return text.substr(0, count < 0 ? 0 : static_cast<std::size_t>(count));
    }

 private:
    int m_descriptor;
};

TEST_F(Log, AFifosReaderGetsEveryRowAtLeastOnce) {
    std::signal(SIGPIPE, SIG_IGN);
    m_config.auditExport = m_dir.file("audit.fifo");
    ASSERT_EQ(::mkfifo(m_config.auditExport.c_str(), 0600), 0);
    record(3);
    auto log = must(open());
    turn(*log);  // nobody reads yet: nothing is lost, nobody waits
    {
        Reader reader(m_config.auditExport);
        turn(*log);
        EXPECT_EQ(reader.read(), lines());
        record(1);
        turn(*log);
        EXPECT_EQ(reader.read(), lines(5));
    }
    record(2);
    turn(*log);  // the reader went: the line it may have missed comes again
    Reader again(m_config.auditExport);
    turn(*log);
    EXPECT_EQ(again.read(), lines(6));
}

TEST_F(Log, AFifoThatIsFullIsGoneOnWithWhenItIsNot) {
    std::signal(SIGPIPE, SIG_IGN);
    m_config.auditExport = m_dir.file("audit.fifo");
    ASSERT_EQ(::mkfifo(m_config.auditExport.c_str(), 0600), 0);
    auto log = must(open());
    Reader reader(m_config.auditExport);
    record(600);  // more than a pipe holds
    std::string all;
    for (int i = 0; i < 100 && all.size() < lines().size(); ++i) {
        turn(*log);
        all += reader.read();
    }
    EXPECT_EQ(all, lines());
}

}  // namespace
}  // namespace mailca::daemon
