// Dovecot's IMAP over a Maildir in a folder of its own, on loopback (tests/support/imap_server).
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "mail/connection.h"
#include "tests/support/files.h"
#include "tests/support/loopback.h"
#include "tests/support/run.h"

namespace mailca::test {

inline std::shared_ptr<const mail::ServerOptions> serverAt(std::uint16_t port) {
    auto options = std::make_shared<mail::ServerOptions>();
    options->host = "127.0.0.1";
    options->port = port;
    return options;
}

class ImapServer {
 public:
    ImapServer() : m_port(freePort()) {}
    ~ImapServer() { stop(); }
    ImapServer(const ImapServer&) = delete;
    ImapServer& operator=(const ImapServer&) = delete;

    void start() {
        run(std::string(MAILCA_SOURCE_DIR) + "/tests/support/imap_server " + std::to_string(m_port) + " " +
            m_folder.path().string() + " > " + m_folder.file("server.log") + " 2>&1 &");
        waitForPort(m_port, m_folder.file("server.log"));
        m_started = true;
    }
    void stop() {
        if (std::exchange(m_started, false)) stopByPidFile(m_folder.file("pid"));
    }
    // A mail from the CA: the rest of its head, and its body.
    void put(const std::string& name, const std::string& mail) const {
        const auto folder = maildir() / "new";
        std::filesystem::create_directories(folder);
        writeFile(maildir() / name, "From: acme@ca.example\r\n" + mail);
        std::filesystem::permissions(maildir() / name, std::filesystem::perms::all);
        std::filesystem::rename(maildir() / name, folder / name);  // it arrives whole (maildir(5))
    }
    std::filesystem::path maildir() const { return m_folder.path() / "Maildir"; }
    std::shared_ptr<const mail::ServerOptions> server() const { return serverAt(m_port); }

 private:
    TempDir m_folder;
    std::uint16_t m_port;
    bool m_started = false;
};

}  // namespace mailca::test
