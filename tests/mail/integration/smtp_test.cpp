// Mail out, to a real SMTP server (python3-aiosmtpd).
#include "mail/smtp.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <future>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/loopback.h"
#include "tests/support/run.h"

namespace mailca::mail {
namespace {

const std::string kMail = "From: acme@ca.example\r\nSubject: s\r\n\r\n.one dot\r\n..two\r\n.\r\nend\r\n";

EmailAddress address(const std::string& text) {
    return *EmailAddress::parse(text);
}

class Sink {
 public:
    explicit Sink(const std::string& mode) : m_port(test::freePort()) {
        test::run(std::string(MAILCA_SOURCE_DIR) + "/tests/mail/integration/smtp_sink " + std::to_string(m_port) + " " +
                  m_folder.file("pid") + " " + m_folder.file("mail") + " " + m_folder.file("peers") + " " + mode +
                  " > " + m_folder.file("log") + " 2>&1 &");
        test::waitForPort(m_port, m_folder.file("log"));
    }
    ~Sink() { test::stopByPidFile(m_folder.file("pid")); }
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    ServerOptions options() const {
        ServerOptions options;
        options.host = "127.0.0.1";
        options.port = m_port;
        return options;
    }
    void signal(int number) const {
        ASSERT_EQ(::kill(static_cast<::pid_t>(std::stol(test::readFile(m_folder.path() / "pid"))), number), 0);
    }
    std::string received() const { return test::readFile(m_folder.path() / "mail"); }
    // The connections that mail came over, by the client's port.
    std::set<std::string> connections() const {
        std::istringstream ports(test::readFile(m_folder.path() / "peers"));
        return {std::istream_iterator<std::string>(ports), {}};
    }

 private:
    test::TempDir m_folder;
    std::uint16_t m_port;
};

TEST(SmtpTransport, HandsTheMailOverOctetByOctet) {  // H10: dots are stuffed and unstuffed
    const Sink sink("plain");
    SmtpTransport transport(sink.options());
    const SendReport report = transport.send(address("bounce+x@ca.example"), address("alice@example.org"), kMail);
    EXPECT_EQ(report.outcome, SendOutcome::Accepted) << report.text;
    EXPECT_EQ(report.code, 250);
    const std::string received = sink.received();
    EXPECT_NE(received.find("MAIL FROM:<bounce+x@ca.example>"), std::string::npos);
    EXPECT_NE(received.find("RCPT TO:<alice@example.org>\r\n"), std::string::npos);
    EXPECT_TRUE(received.ends_with("\r\n" + kMail)) << received;
}

TEST(SmtpTransport, TellsForNowFromForGood) {  // A32
    const Sink sink("plain");
    SmtpTransport transport(sink.options());
    const auto outcome = [&](const std::string& to, const std::string& from = "a@ca.example") {
        return transport.send(address(from), address(to), kMail);
    };
    struct Row {
        const char* to;
        SendOutcome outcome;
        int code;
        const char* words;
        const char* from = "a@ca.example";
    };
    for (const Row& row :
         {Row{"full@example.org", SendOutcome::Temporary, 452, "mailbox full"},
          Row{"gone@example.org", SendOutcome::Permanent, 550, "no such mailbox"},
          Row{"spam@example.org", SendOutcome::Permanent, 554, "not wanted"},
          Row{"later@example.org", SendOutcome::Temporary, 451, "try again later"},
          Row{"stranger@example.org", SendOutcome::Misconfigured, 530, "not authenticated"},
          // What is said to MAIL is about us, over a fresh connection as over one that is used again.
          Row{"ok@example.org", SendOutcome::Misconfigured, 553, "not your sender", "nobody@ca.example"},
          Row{"ok@example.org", SendOutcome::Accepted, 250, "taken"},
          Row{"ok@example.org", SendOutcome::Misconfigured, 553, "not your sender", "nobody@ca.example"},
          Row{"ok@example.org", SendOutcome::Misconfigured, 530, "required", "unknown@ca.example"},
          Row{"ok@example.org", SendOutcome::Temporary, 451, "busy", "busy@ca.example"},
          Row{"ok@example.org", SendOutcome::Accepted, 250, "taken"}}) {
        const SendReport report = outcome(row.to, row.from);
        EXPECT_EQ(report.outcome, row.outcome) << row.to << " " << report.text;
        EXPECT_EQ(report.code, row.code) << row.to;
        EXPECT_NE(report.text.find(row.words), std::string::npos) << report.text;
    }
    EXPECT_EQ(outcome("drop@example.org").outcome, SendOutcome::Temporary);
    EXPECT_EQ(outcome("ok@example.org").outcome, SendOutcome::Accepted);  // over a new connection
}

std::future<SendReport> sending(SmtpTransport& transport, const std::string& to) {
    return std::async(std::launch::async,
                      [&transport, to] { return transport.send(address("a@ca.example"), address(to), kMail); });
}

// The server takes neither mail before both are under way.
TEST(SmtpTransport, AStalledMailHoldsNoOther) {
    const Sink sink("plain");
    SmtpTransport transport(sink.options());
    auto stalled = sending(transport, "stall@example.org");
    auto other = sending(transport, "pass@example.org");
    const SendReport passed = other.get();
    EXPECT_EQ(passed.outcome, SendOutcome::Accepted) << passed.text;
    EXPECT_EQ(stalled.get().outcome, SendOutcome::Accepted);
    EXPECT_EQ(sink.connections().size(), 2U);
}

TEST(SmtpTransport, SendsEightAtOnceAndUsesTheirConnectionsAgain) {
    const Sink sink("plain");
    SmtpTransport transport(sink.options());
    std::vector<std::future<SendReport>> reports;
    for (int mail = 0; mail < 24; ++mail) reports.push_back(sending(transport, "crowd@example.org"));
    for (auto& report : reports) EXPECT_EQ(report.get().outcome, SendOutcome::Accepted);
    EXPECT_EQ(sink.connections().size(), 8U);
}

TEST(SmtpTransport, NobodyThereIsForLater) {
    ServerOptions options;
    options.host = "127.0.0.1";
    options.port = test::freePort();
    SmtpTransport transport(std::move(options));
    const SendReport report = transport.send(address("a@ca.example"), address("b@example.org"), kMail);
    EXPECT_EQ(report.outcome, SendOutcome::Temporary);
    EXPECT_EQ(report.code, 0);
    EXPECT_NE(report.text.find("127.0.0.1"), std::string::npos) << report.text;
}

TEST(SmtpTransport, ABareLineEndIsNeverSent) {  // H10: SMTP smuggling
    const Sink sink("plain");
    SmtpTransport transport(sink.options());
    for (const char* mail : {"From: a@ca.example\n\nx\n", "From: a@ca.example\r\n\r\nx\n.\r\nMAIL FROM:<evil@x>\r\n",
                             "a: b\r\n\r\nx\r.\r\n"}) {
        EXPECT_EQ(transport.send(address("a@ca.example"), address("b@example.org"), mail).outcome,
                  SendOutcome::Permanent);
    }
    EXPECT_ANY_THROW(sink.received());
}

TEST(SmtpTransport, AMailboxOutsideAsciiNeedsSmtpUtf8) {  // H9
    const EmailAddress joerg = address("j\xc3\xb6rg@example.org");
    const Sink without("plain");
    SmtpTransport refusing(without.options());
    const SendReport refused = refusing.send(address("a@ca.example"), joerg, kMail);
    EXPECT_EQ(refused.outcome, SendOutcome::Permanent) << refused.text;
    EXPECT_ANY_THROW(without.received());
    EXPECT_EQ(refusing.send(address("a@ca.example"), address("b@example.org"), kMail).outcome, SendOutcome::Accepted);

    const Sink with("utf8");
    SmtpTransport carrying(with.options());
    const SendReport carried = carrying.send(address("a@ca.example"), joerg, kMail);
    EXPECT_EQ(carried.outcome, SendOutcome::Accepted) << carried.text;
    EXPECT_NE(with.received().find("SMTPUTF8"), std::string::npos);
    // The second mail goes over the same connection, which offered it in its EHLO.
    EXPECT_EQ(carrying.send(address("a@ca.example"), joerg, kMail).outcome, SendOutcome::Accepted);
}

TEST(SmtpTransport, AuthenticationIsOurConcernNotTheMailboxs) {
    const Sink sink("auth");
    const auto with = [&](std::string password) {
        ServerOptions options = sink.options();
        options.user = "mailca";
        options.password = Secret::take(password);
        return SmtpTransport(std::move(options)).send(address("a@ca.example"), address("b@example.org"), kMail);
    };
    EXPECT_EQ(with("secret").outcome, SendOutcome::Accepted);
    const SendReport refused = with("wrong");
    EXPECT_EQ(refused.outcome, SendOutcome::Misconfigured) << refused.text;
    EXPECT_EQ(refused.text.find("wrong"), std::string::npos);
}

TEST(SmtpTransport, IsClosedThoughItsServerFellSilent) {
    const Sink sink("plain");
    auto transport = std::make_unique<SmtpTransport>(sink.options());
    ASSERT_EQ(transport->send(address("a@ca.example"), address("b@example.org"), kMail).outcome, SendOutcome::Accepted);
    sink.signal(SIGSTOP);
    auto closed = std::async(std::launch::async, [&] { transport.reset(); });
    // libcurl's own patience with a QUIT is two minutes.
    EXPECT_EQ(closed.wait_for(std::chrono::seconds(60)), std::future_status::ready);
    sink.signal(SIGCONT);
}

TEST(SmtpTransport, RefusesAServerWithoutTheTlsItWasPromised) {
    const Sink sink("plain");
    ServerOptions options = sink.options();
    options.security = ConnectionSecurity::StartTls;
    EXPECT_EQ(SmtpTransport(std::move(options)).send(address("a@ca.example"), address("b@example.org"), kMail).outcome,
              SendOutcome::Misconfigured);
}

}  // namespace
}  // namespace mailca::mail
