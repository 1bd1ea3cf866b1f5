// Mail out by SMTP (RFC 5321) through libcurl, to one submission server or relay.
#pragma once

#include <memory>

#include "core/result.h"
#include "mail/connection.h"
#include "mail/transport.h"

namespace mailca::mail {

// Thread-safe: sends one mail after another over one connection, which stays open between mails.
class SmtpTransport final : public Transport {
 public:
    explicit SmtpTransport(ServerOptions options);
    ~SmtpTransport() override;
    SendReport send(const EmailAddress& envelopeFrom, const EmailAddress& envelopeTo,
                    std::string_view message) override;

 private:
    class Session;
    std::unique_ptr<Session> m_session;
};

}  // namespace mailca::mail
