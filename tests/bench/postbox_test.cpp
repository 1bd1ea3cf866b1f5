#include "bench/load/postbox.h"

#include <gtest/gtest.h>

#include <thread>

#include "bench/load/smtp_receiver.h"
#include "bench/load/tally.h"
#include "mail/smtp.h"
#include "tests/support/files.h"

namespace mailca::bench {
namespace {

using std::chrono::steady_clock;

const char* const kMail = "From: acme@ca.example\r\nMessage-ID: <1@ca.example>\r\nSubject: ACME: x\r\n\r\nbody\r\n";

steady_clock::time_point soon() {
    return steady_clock::now() + std::chrono::seconds(30);
}

TEST(Postbox, WakesTheOneWhoWaits) {
    Journal none;
    const auto box = Postbox::open("", none).value();
    std::optional<mail::Message> got;
    {
        const std::jthread waiting([&] { got = box->wait("a@example.org", soon(), {}); });
        EXPECT_TRUE(box->take("b@example.org", kMail));
        EXPECT_TRUE(box->take("a@example.org", kMail));
    }
    ASSERT_TRUE(got);
    EXPECT_EQ(got->subject(), "ACME: x");
    EXPECT_FALSE(box->wait("a@example.org", steady_clock::now(), {}));
    EXPECT_TRUE(box->wait("b@example.org", steady_clock::now(), {}));
}

TEST(Postbox, ANoticeToTheOwnerIsForNobodyHere) {
    Journal none;
    const auto box = Postbox::open("", none).value();
    EXPECT_TRUE(box->take("a@example.org", "From: acme@ca.example\r\nSubject: New certificates\r\n\r\nbody\r\n"));
    EXPECT_FALSE(box->wait("a@example.org", steady_clock::now(), {}));
}

TEST(Postbox, StoppedNobodyWaits) {
    Journal none;
    const auto box = Postbox::open("", none).value();
    std::stop_source stop;
    const std::jthread waiting([&] { EXPECT_FALSE(box->wait("a@example.org", soon(), stop.get_token())); });
    stop.request_stop();
}

TEST(Postbox, KeepsMailsForTheNextProcess) {
    const test::TempDir folder;
    Journal journal = Journal::open(folder.file("journal")).value();
    const auto path = folder.path() / "mail";
    EXPECT_TRUE(Postbox::open(path, journal).value()->take("a-b@example.org", kMail));
    const auto again = Postbox::open(path, journal).value();
    const auto mail = again->wait("a-b@example.org", steady_clock::now(), {});
    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->field("Message-ID"), "<1@ca.example>");
    EXPECT_EQ(readJournal(folder.file("journal")).value().at("a-b@example.org").challengeMails, 1);
    EXPECT_FALSE(again->take("a@example.org", "no mail at all"));
    EXPECT_FALSE(again->take("../a@example.org", kMail));
}

TEST(SmtpReceiver, TakesWhatTheDaemonsTransportSends) {
    Journal none;
    const auto box = Postbox::open("", none).value();
    const auto receiver = SmtpReceiver::start(0, [&box](const std::string& recipient, std::string_view message) {
                              return box->take(recipient, message);
                          }).value();
    mail::ServerOptions options;
    options.host = "127.0.0.1";
    options.port = receiver->port();
    options.security = mail::ConnectionSecurity::Plain;
    mail::SmtpTransport transport(std::move(options));
    const auto from = EmailAddress::parse("acme@ca.example").value();
    {
        std::vector<std::jthread> senders;
        for (int i = 0; i < 8; ++i) {
            senders.emplace_back([&, i] {
                const auto to = EmailAddress::parse("a" + std::to_string(i) + "@example.org").value();
                for (int n = 0; n < 5; ++n) {
                    EXPECT_EQ(transport.send(from, to, kMail).outcome, mail::SendOutcome::Accepted);
                }
            });
        }
    }
    for (int i = 0; i < 8; ++i) {
        const std::string to = "a" + std::to_string(i) + "@example.org";
        for (int n = 0; n < 5; ++n) EXPECT_TRUE(box->wait(to, steady_clock::now(), {})) << to;
        EXPECT_FALSE(box->wait(to, steady_clock::now(), {}));
    }
}

TEST(Quantile, IsTheNearestRank) {
    EXPECT_EQ(quantile({}, 0.5), 0);
    EXPECT_EQ(quantile({3, 1, 2}, 0.5), 2);
    EXPECT_EQ(quantile({1, 2, 3, 4}, 0.5), 2);
    EXPECT_EQ(quantile({1, 2, 3, 4}, 0.99), 4);
}

}  // namespace
}  // namespace mailca::bench
