// Mail out by SMTP (RFC 5321) through libcurl, to one submission server or relay.
#pragma once

#include <memory>

#include "core/result.h"
#include "mail/connection.h"
#include "mail/transport.h"

namespace mailca::mail {

// Thread-safe: sends up to 8 mails at once, each over a connection of its own, which stays open for the next mail; a
// ninth waits for one of them.
class SmtpTransport final : public Transport {
 public:
    explicit SmtpTransport(ServerOptions options);
    ~SmtpTransport() override;
    SendReport send(const EmailAddress& envelopeFrom, const EmailAddress& envelopeTo,
                    std::string_view message) override;

 private:
    class Sessions;
    std::unique_ptr<Sessions> m_sessions;
};

}  // namespace mailca::mail
