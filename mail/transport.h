// How a mail leaves: the port that the outbox and the client send through.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/email_address.h"

namespace mailca::mail {

enum class SendOutcome : std::uint8_t {
    Accepted,       // the server took responsibility for the mail
    Temporary,      // 4xx, or no connection, or it broke: try again later
    Permanent,      // 5xx to the recipient or the mail, or the server cannot carry it (no SMTPUTF8): for good (A32)
    Misconfigured,  // ours to mend: authentication or sender refused, certificate not trusted. The mailbox is not to
                    // blame
};

struct SendReport {
    SendOutcome outcome = SendOutcome::Temporary;
    int code = 0;      // the last SMTP reply code; 0 if the server said none, or if we refuse
    std::string text;  // the server's words or the reason, one line, printable ASCII
};

class Transport {
 public:
    virtual ~Transport() = default;
    // `message` is a whole mail with CRLF line ends; dots are stuffed by the transport. A mail with a bare CR or LF is
    // Permanent and never sent (H10). Blocks, for a bounded time. Thread-safe.
    virtual SendReport send(const EmailAddress& envelopeFrom, const EmailAddress& envelopeTo,
                            std::string_view message) = 0;
};

}  // namespace mailca::mail
