// How to reach a mail server: the same few facts for SMTP and IMAP.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

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

}  // namespace mailca::mail
