#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "admin/cli/commands.h"
#include "tests/admin/cli/http_double.h"
#include "tests/support/fake_clock.h"
#include "tests/support/files.h"

namespace mailca::admin {
namespace {

std::string incident(const std::string& state) {
    return R"({"name":"leak","state":")" + state +
           R"(","reason":"superseded","deadline":"2026-11-24T00:00:00Z","examined":true,"marked":9,"replaced":2,)"
           R"("ended":1,"gone":1,"waiting":5})";
}
std::string listing(const std::string& incidents) {
    return R"({"incidents":[)" + incidents + "]}";
}

class IncidentCommand : public ::testing::Test {
 protected:
    IncidentCommand() {
        test::writeFile(m_folder.file("token"), "s3cret\n");
        std::filesystem::permissions(m_folder.file("token"), std::filesystem::perms(0600));
        m_options.name = "leak";
        m_options.selection.issuer = "smime-1";
        m_options.reason = "superseded";
        m_options.deadline = "24h";
        m_options.adminUrl = m_daemon.url();
        m_options.tokenFile = m_folder.file("token");
    }
    Result<void> open() { return openIncident(m_options, m_clock, m_client, m_in, m_out); }
    bool asked(std::size_t index, const std::string& what) const {
        return m_daemon.requests().at(index).find(what) != std::string::npos;
    }

    test::TempDir m_folder;
    test::HttpDouble m_daemon;
    test::FakeClock m_clock;
    http::Client m_client{http::ClientOptions{}};
    IncidentOptions m_options;
    std::istringstream m_in;
    std::ostringstream m_out;
};

TEST_F(IncidentCommand, OpensAndShowsHowFarItIs) {
    m_daemon.answer(200, listing(""));
    m_daemon.answer(200, R"({"name":"leak"})");
    m_daemon.answer(200, listing(incident("open")));
    ASSERT_TRUE(open().has_value());
    EXPECT_TRUE(asked(1, "POST /admin/v1/incidents HTTP"));
    EXPECT_TRUE(asked(1, R"("deadline":")" + toRfc3339(m_clock.now() + 24h) + '"'));
    EXPECT_TRUE(asked(1, R"("select":{"issuer":"smime-1"})"));
    EXPECT_EQ(m_out.str(),
              "leak: open, superseded, deadline 2026-11-24T00:00:00Z\n  9 certificates: 2 replaced and revoked, 1 "
              "revoked at the deadline, 1 revoked otherwise, 5 waiting\n");
}

TEST_F(IncidentCommand, TheSameCommandAgainGoesOn) {
    m_daemon.answer(200, listing(incident("open")));
    m_daemon.answer(200, listing(incident("open")));
    ASSERT_TRUE(open().has_value());
    EXPECT_EQ(m_daemon.requests().size(), 2U) << "nothing is opened twice";
    EXPECT_NE(m_out.str().find("is there already"), std::string::npos);
}

TEST_F(IncidentCommand, SendsALongListInPartsAlsoWhenItWasBrokenOff) {
    std::string list;
    for (int i = 1; i <= 501; ++i) list += std::to_string(100000 + i) + "\n";
    m_options.selection = {};
    m_options.selection.list = "-";
    m_in = std::istringstream(list);
    m_daemon.answer(200, listing(incident("listing")));
    m_daemon.answer(200, R"({"marked":500})");
    m_daemon.answer(200, R"({"marked":1})");
    m_daemon.answer(200, listing(incident("open")));
    ASSERT_TRUE(open().has_value());
    EXPECT_TRUE(asked(1, "POST /admin/v1/incident-lists HTTP"));
    EXPECT_TRUE(asked(1, R"("last":false)"));
    EXPECT_TRUE(asked(2, R"({"name":"leak","serials":["100501"],"last":true})"));
    m_in = std::istringstream(list);
    m_options.selection.issuer = "smime-1";
    EXPECT_FALSE(open().has_value()) << "a long list stands alone";
}

TEST_F(IncidentCommand, ClosesOnlyWhenTold) {
    m_daemon.answer(200, listing(incident("open")));
    ASSERT_TRUE(closeIncident(m_options, m_client, m_out).has_value());
    EXPECT_NE(m_out.str().find("they stay valid"), std::string::npos);
    EXPECT_EQ(m_daemon.requests().size(), 1U);
    m_options.confirmation = Confirmation::Given;
    for (const std::string& answer : {listing(incident("open")), std::string("{}"), listing(incident("closed"))}) {
        m_daemon.answer(200, answer);
    }
    ASSERT_TRUE(closeIncident(m_options, m_client, m_out).has_value());
    EXPECT_TRUE(asked(2, "POST /admin/v1/incident-closures HTTP"));
}

TEST_F(IncidentCommand, ListsAndKnowsWhatThereIsNot) {
    m_daemon.answer(200, listing(""));
    ASSERT_TRUE(listIncidents(m_options, m_client, m_out).has_value());
    EXPECT_EQ(m_out.str(), "There is no incident.\n");
    m_daemon.answer(200, listing(""));
    EXPECT_EQ(showIncident(m_options, m_client, m_out).error().kind, ErrorKind::NotFound);
}

TEST_F(IncidentCommand, RefusesBeforeItAsks) {
    for (const char* deadline : {"", "24", "h", "-1h", "24w", "1e9d", "tomorrow"}) {
        m_options.deadline = deadline;
        const auto refused = open();
        ASSERT_FALSE(refused.has_value()) << deadline;
        EXPECT_NE(refused.error().detail.find("--deadline"), std::string::npos) << refused.error().detail;
    }
    m_options.deadline = "24h";
    m_options.reason = "certificateHold";
    EXPECT_FALSE(open().has_value());
    EXPECT_TRUE(m_daemon.requests().empty());
}

}  // namespace
}  // namespace mailca::admin
