// The door for Postfix and its like: an independent client (Python's smtplib) hands in, the Maildir has it; peers that
// are rude get no more than their share.
#include "mail/lmtp_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/run.h"

namespace mailca::mail {
namespace {

using namespace std::chrono_literals;

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text());
    return std::move(result).value();
}

class LmtpServerTest : public ::testing::Test {
 protected:
    ~LmtpServerTest() override { end(); }

    LmtpOptions options() const {
        LmtpOptions out;
        out.path = m_folder.file("lmtp.sock");
        out.domain = "ca.example";
        return out;
    }
    void serve(LmtpOptions options, int workers = 2) {
        m_server = must(LmtpServer::listenAt(std::move(options), m_maildir, m_random));
        for (int i = 0; i < workers; ++i) {
            m_workers.emplace_back([this] {
                while (!m_ends) EXPECT_TRUE(m_server->turn());
            });
        }
    }
    void end() {
        if (!m_server) return;
        m_ends = true;
        m_server->stop();
        m_workers.clear();
        m_server.reset();
    }
    // What Python's client says of one mail with this many octets in its body.
    std::string handIn(const std::string& body, const std::string& to = "acme@ca.example") const {
        test::writeFile(m_folder.file("mail"), "Subject: Re: ACME: x\r\n\r\n" + body);
        return test::run("python3 -c 'import smtplib\nmail = open(\"" + m_folder.file("mail") +
                         "\", \"rb\").read()\nl = smtplib.LMTP(\"" + m_folder.file("lmtp.sock") +
                         "\")\ntry: print(l.sendmail(\"alice@example.org\", [\"" + to +
                         "\"], mail))\nexcept smtplib.SMTPException as e: print(e)\nl.quit()' 2>&1")
            .output;
    }
    int connect() const {
        const int peer = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ::sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = m_folder.file("lmtp.sock");
        std::copy(path.begin(), path.end(), address.sun_path);
        EXPECT_EQ(::connect(peer, reinterpret_cast<const ::sockaddr*>(&address), sizeof address), 0);
        return peer;
    }
    // Everything until the server hangs up.
    static std::string heard(int peer) {
        std::string out;
        char octets[4096];
        for (::ssize_t got = 0; (got = ::read(peer, octets, sizeof octets)) > 0;) {
            out.append(octets, static_cast<std::size_t>(got));
        }
        return out;
    }
    std::vector<std::string> mails() const {
        std::vector<std::string> out;
        for (const std::string& name : must(m_maildir.list())) out.push_back(must(m_maildir.read(name)));
        return out;
    }

    test::TempDir m_folder;
    SystemRandom m_random;
    Maildir m_maildir = must(Maildir::create(m_folder.file("maildir")));
    std::atomic<bool> m_ends{false};
    std::unique_ptr<LmtpServer> m_server;
    std::vector<std::jthread> m_workers;
};

TEST_F(LmtpServerTest, WhatAnotherClientHandsInIsInTheMaildir) {
    serve(options());
    EXPECT_EQ(handIn("a line\r\n.a dot\r\n"), "{}\n") << "nobody was refused";
    EXPECT_EQ(mails(), std::vector<std::string>{"Return-Path: <alice@example.org>\r\nDelivered-To: acme@ca.example\r\n"
                                                "Subject: Re: ACME: x\r\n\r\na line\r\n.a dot\r\n"});
}

TEST_F(LmtpServerTest, OnlyItsOwnDomainAndNothingLarge) {
    serve(options());
    EXPECT_NE(handIn("x", "bob@elsewhere.example").find("550"), std::string::npos);
    EXPECT_NE(handIn(std::string(kMaxLmtpMail, 'a')).find("552"), std::string::npos);
    EXPECT_TRUE(mails().empty());
}

TEST_F(LmtpServerTest, AMailThatCannotBeKeptIsNotAcknowledged) {
    serve(options());
    std::filesystem::remove_all(m_folder.file("maildir"));
    EXPECT_NE(handIn("x").find("451"), std::string::npos);
}

TEST_F(LmtpServerTest, ItsSocketIsForOwnerAndGroup) {
    serve(options());
    struct ::stat facts {};
    ASSERT_EQ(::stat(m_folder.file("lmtp.sock").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0660U);
    end();
    EXPECT_FALSE(std::filesystem::exists(m_folder.file("lmtp.sock")));
}

TEST_F(LmtpServerTest, TakesThePlaceOfADeadOneOnly) {
    serve(options());
    const auto second = LmtpServer::listenAt(options(), m_maildir, m_random);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::Config);
    EXPECT_NE(second.error().detail.find("listens there"), std::string::npos);
    LmtpOptions file = options();
    file.path = m_folder.file("a-file");
    test::writeFile(file.path, "somebody's");
    EXPECT_FALSE(LmtpServer::listenAt(file, m_maildir, m_random));
    EXPECT_EQ(test::readFile(file.path), "somebody's") << "what is no socket stays";
    file.path = std::string(200, 'a');
    EXPECT_NE(LmtpServer::listenAt(file, m_maildir, m_random).error().detail.find("107"), std::string::npos);
}

TEST_F(LmtpServerTest, SilentPeersLoseTheirPlace) {
    LmtpOptions impatient = options();
    impatient.silence = 200ms;
    serve(impatient, 2);
    std::vector<int> peers;
    for (int i = 0; i < 6; ++i) peers.push_back(connect());
    EXPECT_EQ(handIn("x"), "{}\n") << "whoever has something to say gets a turn";
    for (const int peer : peers) {
        EXPECT_TRUE(heard(peer).starts_with("220 ")) << "greeted, and hung up on";
        ::close(peer);
    }
}

TEST_F(LmtpServerTest, ATalkerHasAnEndToo) {
    LmtpOptions impatient = options();
    impatient.conversation = 300ms;
    serve(impatient, 1);
    const int peer = connect();
    for (int i = 0; i < 100 && ::send(peer, "NOOP\r\n", 6, MSG_NOSIGNAL) == 6; ++i) std::this_thread::sleep_for(20ms);
    EXPECT_LT(::send(peer, "NOOP\r\n", 6, MSG_NOSIGNAL), 0) << "hung up on";
    ::close(peer);
}

TEST_F(LmtpServerTest, EndsInTheMiddleOfAConversation) {
    serve(options(), 1);
    const int peer = connect();
    char octet = 0;
    ASSERT_EQ(::read(peer, &octet, 1), 1);  // it is being served
    end();
    EXPECT_FALSE(heard(peer).empty());  // the rest of its greeting, then nothing
    ::close(peer);
}

}  // namespace
}  // namespace mailca::mail
