// How to reach a mail server: the same few facts for SMTP and IMAP.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "core/result.h"
#include "core/secret.h"

namespace mailca::mail {

enum class ConnectionSecurity : std::uint8_t {
    Plain,     // no TLS: loopback only is wise
    StartTls,  // required: a server that does not offer it is refused
    Tls,       // from the first byte (RFC 8314)
};

struct ServerOptions {
    std::string host;
    std::uint16_t port = 0;
    ConnectionSecurity security = ConnectionSecurity::Plain;
    std::string user;  // empty: no authentication
    Secret password;
    std::string caFile;  // PEM; empty: the system's
    // For one whole exchange. The store's lease on a mail under way (store/mail_book.cpp) is four times as long.
    std::chrono::seconds timeout{30};
};

// The same as a configuration has it; the password is read from its file only when it is needed.
struct MailServer {
    std::string host;
    std::uint16_t port = 0;
    ConnectionSecurity security = ConnectionSecurity::Plain;
    std::string user;  // empty: no authentication
    std::filesystem::path passwordFile;
    std::string caFile;  // empty: the system's
};
Result<ServerOptions> optionsOf(const MailServer& server);  // Config: the password cannot be read

}  // namespace mailca::mail
