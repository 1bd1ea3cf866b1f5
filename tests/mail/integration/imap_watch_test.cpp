// Waiting for mail by IDLE, from Dovecot's own IMAP code.
#include "mail/imap_watch.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <future>
#include <stdexcept>

#include "core/descriptor.h"
#include "mail/imap.h"
#include "tests/support/imap_server.h"
#include "tests/support/loopback.h"

namespace mailca::mail {
namespace {

using namespace std::chrono_literals;

constexpr auto kLong = 60s;

class ImapWatchTest : public testing::Test {
 protected:
    ImapWatchTest() {
        m_server.put("1.a", "Subject: there before\r\n\r\n\r\n");
        m_server.start();
    }
    bool waits(ImapWatch& watch, std::chrono::milliseconds atMost) {
        const auto news = watch.wait(atMost);
        EXPECT_TRUE(news) << (news ? "" : news.error().text());
        return news.value();
    }

    test::ImapServer m_server;
    Interrupt m_interrupt;
};

TEST_F(ImapWatchTest, TellsOfTheConnectionAndThenOfEachNewMail) {
    ImapWatch watch(m_server.server(), m_interrupt);
    EXPECT_TRUE(waits(watch, kLong)) << "what is there now has to be looked at";
    EXPECT_FALSE(waits(watch, 300ms));
    for (const char* name : {"2.b", "3.c"}) {
        m_server.put(name, "Subject: news\r\n\r\n\r\n");
        EXPECT_TRUE(waits(watch, kLong));
        EXPECT_FALSE(waits(watch, 300ms));
    }
}

TEST_F(ImapWatchTest, WakesTheOneWhoWaits) {
    ImapWatch watch(m_server.server(), m_interrupt);
    EXPECT_TRUE(waits(watch, kLong));
    auto waiting = std::async(std::launch::async, [&] { return waits(watch, kLong); });
    m_server.put("2.b", "Subject: news\r\n\r\n\r\n");
    EXPECT_TRUE(waiting.get());
}

TEST_F(ImapWatchTest, IsCutShort) {
    ImapWatch watch(m_server.server(), m_interrupt);
    EXPECT_TRUE(waits(watch, kLong));
    auto waiting = std::async(std::launch::async, [&] { return waits(watch, kLong); });
    m_interrupt.set();
    EXPECT_FALSE(waiting.get());
}

// Whoever connects to it waits for a greeting that never comes.
class SilentServer {
 public:
    SilentServer() : m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        ::sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(m_port);
        const auto* generic = reinterpret_cast<const ::sockaddr*>(&address);
        if (::bind(m_listener.get(), generic, sizeof address) != 0 || ::listen(m_listener.get(), 4) != 0) {
            throw std::runtime_error("no silent server");
        }
    }
    std::shared_ptr<const ServerOptions> server() const {
        auto options = std::make_shared<ServerOptions>();
        options->host = "127.0.0.1";
        options->port = m_port;
        options->security = ConnectionSecurity::Plain;
        options->timeout = 600s;  // longer than this test may take
        return options;
    }

 private:
    const std::uint16_t m_port = test::freePort();
    const Descriptor m_listener;
};

TEST(ImapInterrupt, CallsOffTheTalkWithASilentServer) {
    const SilentServer silent;
    Interrupt interrupt;
    ImapWatch watch(silent.server(), interrupt);
    ImapInbox inbox(silent.server(), &interrupt);
    auto watching = std::async(std::launch::async, [&] { return watch.wait(kLong); });
    auto reading = std::async(std::launch::async, [&] { return inbox.validity(); });
    interrupt.set();
    EXPECT_EQ(watching.get().error().kind, ErrorKind::Io);
    EXPECT_FALSE(reading.get());
}

TEST_F(ImapWatchTest, FindsAServerThatCameBack) {
    ImapWatch watch(m_server.server(), m_interrupt);
    EXPECT_TRUE(waits(watch, kLong));
    m_server.stop();
    EXPECT_EQ(watch.wait(kLong).error().kind, ErrorKind::Io);
    EXPECT_EQ(watch.wait(kLong).error().kind, ErrorKind::Io) << "nobody is there";
    m_server.start();
    EXPECT_TRUE(waits(watch, kLong));
}

}  // namespace
}  // namespace mailca::mail
