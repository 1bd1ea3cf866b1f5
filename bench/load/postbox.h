// The subscribers' mailboxes: challenge mails come in, enrollments wait for their own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "bench/load/journal.h"
#include "mail/message.h"

namespace mailca::bench {

// Thread-safe.
class Postbox {
 public:
    // Mails are kept in `folder` (made with mode 0700) too, for another process to answer; empty: in memory only.
    // What lies there already comes first. `journal` must outlive it. Io.
    static Result<std::unique_ptr<Postbox>> open(std::filesystem::path folder, Journal& journal);

    // False: the mail cannot be kept or read. One that is no challenge is taken and thrown away.
    bool take(const std::string& recipient, std::string_view raw);
    // The next mail of this mailbox; nullopt at the deadline or when stopped.
    std::optional<mail::Message> wait(const std::string& mailbox, std::chrono::steady_clock::time_point deadline,
                                      const std::stop_token& stop);
    // Nobody waits for mails of this mailbox any more; those in memory go.
    void close(const std::string& mailbox);

 private:
    struct Box {
        std::deque<mail::Message> mails;
        std::condition_variable_any changed;
    };
    Postbox(std::filesystem::path folder, Journal& journal) : m_folder(std::move(folder)), m_journal(journal) {}
    Result<void> load();
    Result<void> keep(const std::string& recipient, std::string_view raw);
    Result<void> journalMail(const std::string& recipient, const mail::Message& message);
    void put(const std::string& recipient, mail::Message message);

    const std::filesystem::path m_folder;
    Journal& m_journal;
    std::mutex m_mutex;
    std::map<std::string, Box> m_boxes;
};

}  // namespace mailca::bench
