// Waiting for mail by IDLE, from Dovecot's own IMAP code.
#include "mail/imap_watch.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/support/imap_server.h"

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
};

TEST_F(ImapWatchTest, TellsOfTheConnectionAndThenOfEachNewMail) {
    ImapWatch watch(m_server.server());
    EXPECT_TRUE(waits(watch, kLong)) << "what is there now has to be looked at";
    EXPECT_FALSE(waits(watch, 300ms));
    for (const char* name : {"2.b", "3.c"}) {
        m_server.put(name, "Subject: news\r\n\r\n\r\n");
        EXPECT_TRUE(waits(watch, kLong));
        EXPECT_FALSE(waits(watch, 300ms));
    }
}

TEST_F(ImapWatchTest, WakesTheOneWhoWaits) {
    ImapWatch watch(m_server.server());
    EXPECT_TRUE(waits(watch, kLong));
    auto waiting = std::async(std::launch::async, [&] { return waits(watch, kLong); });
    m_server.put("2.b", "Subject: news\r\n\r\n\r\n");
    EXPECT_TRUE(waiting.get());
}

TEST_F(ImapWatchTest, IsCutShort) {
    ImapWatch watch(m_server.server());
    EXPECT_TRUE(waits(watch, kLong));
    auto waiting = std::async(std::launch::async, [&] { return waits(watch, kLong); });
    watch.interrupt();
    EXPECT_FALSE(waiting.get());
    watch.rest(kLong);  // returns at once
}

TEST_F(ImapWatchTest, FindsAServerThatCameBack) {
    ImapWatch watch(m_server.server());
    EXPECT_TRUE(waits(watch, kLong));
    m_server.stop();
    EXPECT_EQ(watch.wait(kLong).error().kind, ErrorKind::Io);
    EXPECT_EQ(watch.wait(kLong).error().kind, ErrorKind::Io) << "nobody is there";
    m_server.start();
    EXPECT_TRUE(waits(watch, kLong));
}

}  // namespace
}  // namespace mailca::mail
