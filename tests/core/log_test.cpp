#include "core/log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/json/json.h"

namespace mailca {
namespace {

// Tests of one process share the log: each leaves it as it found it.
class Log : public testing::Test {
 protected:
    ~Log() override { log::configure(log::Level::Info, log::Format::Text); }
};

TEST_F(Log, WritesEventAndFieldsOnOneLine) {
    testing::internal::CaptureStderr();
    log::info("order.issued", {{"order", "abc"}, {"profile", "smime-dual"}});
    const std::string line = testing::internal::GetCapturedStderr();
    EXPECT_NE(line.find(" info order.issued order=\"abc\" profile=\"smime-dual\"\n"), std::string::npos) << line;
}

TEST_F(Log, NoValueCanForgeALine) {
    testing::internal::CaptureStderr();
    log::warning("mail.refused", {{"from", "x\r\n2026-11-23T00:00:00.000Z info order.issued {}"}});
    const std::string line = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
    EXPECT_EQ(line.find('\r'), std::string::npos);
}

TEST_F(Log, LeavesOutWhatIsBelowItsLevel) {
    log::configure(log::Level::Warning, log::Format::Text);
    testing::internal::CaptureStderr();
    log::info("quiet");
    log::debug("quiet");
    log::error("loud");
    const std::string lines = testing::internal::GetCapturedStderr();
    EXPECT_EQ(lines.find("quiet"), std::string::npos);
    EXPECT_NE(lines.find("error loud"), std::string::npos);
}

TEST_F(Log, JsonLinesAreJson) {
    log::configure(log::Level::Info, log::Format::Json);
    testing::internal::CaptureStderr();
    log::info("x", {{"k", "a\"b\n"}});
    const auto line = json::parse(testing::internal::GetCapturedStderr());
    ASSERT_TRUE(line);
    EXPECT_EQ(line->string("level"), "info");
    ASSERT_TRUE(line->has("record"));
    EXPECT_EQ(line->find("record")->string("k"), "a\"b\n");
}

}  // namespace
}  // namespace mailca
