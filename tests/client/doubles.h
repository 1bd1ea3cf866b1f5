// Doubles for what the client reaches out to. Each fails unless a test says otherwise.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/enrollment/mail_access.h"
#include "client/http.h"
#include "client/pause.h"
#include "client/report.h"
#include "tests/support/fake_clock.h"

namespace mailca::test {

// Answers what lies at a URL; everything else is a Connection error.
class FakeWeb : public client::Http {
 public:
    std::map<std::string, std::string> pages;

    Result<http::Reply> get(const std::string& url, const std::string&) override {
        ++gets;
        const auto page = pages.find(url);
        if (page == pages.end()) return fail(ErrorKind::Connection, url + " gave no answer");
        return http::Reply{200, {}, page->second};
    }
    Result<http::Reply> head(const std::string& url) override { return fail(ErrorKind::Connection, url); }
    Result<http::Reply> post(const std::string& url, const std::string&, std::string_view) override {
        return fail(ErrorKind::Connection, url);
    }
    int gets = 0;
};

class RecordingReport final : public client::Report {
 public:
    void progress(std::string_view line) override { said.emplace_back(line); }
    void warning(std::string_view line) override { warned.emplace_back(line); }
    std::vector<std::string> said, warned;
};

// Waiting moves the clock and nothing else.
class ClockPause final : public client::Pause {
 public:
    explicit ClockPause(FakeClock& clock) : m_clock(clock) {}
    void wait(std::chrono::milliseconds length) override { m_clock.advance(std::chrono::ceil<seconds>(length)); }

 private:
    FakeClock& m_clock;
};

// Mails by their place in a list.
class ListInbox final : public mail::Inbox {
 public:
    explicit ListInbox(const std::vector<std::string>& mails) : m_mails(mails) {}
    Result<std::vector<std::string>> find(Time, std::string_view) override {
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < m_mails.size(); ++i) ids.push_back(std::to_string(i));
        return ids;
    }
    Result<std::string> read(const std::string& id) override { return m_mails.at(std::stoul(id)); }
    Result<void> markSeen(const std::string&) override { return {}; }

 private:
    const std::vector<std::string>& m_mails;
};

}  // namespace mailca::test
