// Challenge mails that come back (A32), RFC 3464: reports by Postfix (tests/data/bounces) and others.
#include "enroll/va/bounce.h"

#include <gtest/gtest.h>

#include "mail/delivery_report.h"
#include "tests/support/files.h"

namespace mailca::va {
namespace {

mail::Message parsed(const std::string& text) {
    return mail::Message::parse(text).value();
}

std::string report(const std::string& status, const std::string& type = "message/delivery-status",
                   const std::string& kind = "report; report-type=delivery-status") {
    return "From: MAILER-DAEMON@example.org\r\nTo: acme+tag@ca.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/" +
           kind + "; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: " + type +
           "\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n" + status + "\r\n--b--\r\n";
}

TEST(Bounce, SaysWhyAMailCameBackForGood) {
    const struct {
        std::string mail;
        std::optional<std::string> why;
    } rows[] = {
        {report("Action: failed\r\nStatus: 5.1.1\r\n"), "status 5.1.1"},
        {report("action: Failed\r\nstatus: 5.7.1 (refused)\r\nDiagnostic-Code: smtp; 550 no\r\n such\x01 user\r\n"),
         "5.7.1, smtp; 550 no such? user"},
        {report("Action: failed\r\nStatus: 5.1.1\r\n", "message/global-delivery-status"), "status 5.1.1"},
        {report("Action: delivered\r\nStatus: 2.0.0\r\n\r\nAction: failed\r\nStatus: 5.0.0\r\n"), "status 5.0.0"},
        {report("Action: delayed\r\nStatus: 4.4.1\r\n"), std::nullopt},
        {report("Action: failed\r\nStatus: 4.4.1\r\n"), std::nullopt},
        {report("Action: delivered\r\nStatus: 5.1.1\r\n"), std::nullopt},
        {report("Action: relayed\r\nStatus: 2.0.0\r\n"), std::nullopt},
        {report("Status: 5.1.1\r\n"), std::nullopt},
        {report("Action: failed\r\n"), std::nullopt},
        {report("no fields at all\r\n"), std::nullopt},
        {report("Action: failed\r\nStatus: 5.1.1\r\n", "text/plain"), std::nullopt},
        {report("Action: failed\r\nStatus: 5.1.1\r\n", "message/delivery-status", "mixed"), std::nullopt},
        {"From: a@example.org\r\nSubject: s\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n", std::nullopt},
    };
    for (const auto& row : rows) EXPECT_EQ(failureReported(parsed(row.mail)), row.why) << row.mail;
}

TEST(Bounce, ReadsWhatOtherProgramsWrite) {
    for (const auto& [name, why] : {std::pair{"postfix.eml", "5.1.1"}, {"exchange.eml", "5.1.10"}}) {
        const mail::Message message = parsed(test::readFile(test::dataFile("bounces") / name));
        const auto said = failureReported(message);
        ASSERT_TRUE(said) << name;
        EXPECT_TRUE(said->starts_with(why) || said->starts_with(std::string("status ") + why)) << *said;
    }
}

TEST(Bounce, ALongWordIsCut) {
    const auto said = failureReported(
        parsed(report("Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: " + std::string(900, 'x') + "\r\n")));
    EXPECT_EQ(said->size(), std::string("5.1.1, ").size() + 200);
}

TEST(Bounce, GathersTheAddressesThatItCameTo) {
    const auto addresses = [](const std::string& head) {
        std::vector<std::string> out;
        for (const EmailAddress& one : reportedTo(parsed(head + "Subject: s\r\n\r\n"))) out.push_back(one.text());
        return out;
    };
    EXPECT_EQ(
        addresses("To: acme+1@ca.example\r\nDelivered-To: acme+2@ca.example\r\nX-Original-To: acme+1@ca.example\r\n"),
        (std::vector<std::string>{"acme+2@ca.example", "acme+1@ca.example"}));
    EXPECT_TRUE(addresses("To: acme@ca.example, group: x+y@ca.example;\r\n").size() <= 1);
    std::string many = "To: a+0@ca.example";
    for (int i = 1; i < 50; ++i) many += ", a+" + std::to_string(i) + "@ca.example";
    EXPECT_EQ(addresses(many + "\r\n").size(), 8U);
}

}  // namespace
}  // namespace mailca::va
