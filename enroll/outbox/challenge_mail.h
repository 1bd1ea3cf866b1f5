// The challenge mail as text, and the only place where token part 1 exists: drawn, written into one Subject, wiped.
#pragma once

#include "core/random.h"
#include "core/secret.h"
#include "enroll/ra/ports.h"
#include "mail/message_id.h"

namespace mailca::outbox {

// 24 fresh random bytes in base64url (A6, A7). Never stored and never logged.
class TokenPart1 {
 public:
    static TokenPart1 draw(Random& random);
    std::string_view text() const { return m_text.text(); }
    Bytes sha256() const;

 private:
    explicit TokenPart1(Secret text) : m_text(std::move(text)) {}
    Secret m_text;
};

// The mail of A23-A27, unsigned, with CRLF line ends. It holds token part 1: wipe it after use.
Result<std::string> composeChallenge(const ra::DueMail& due, const TokenPart1& token, const mail::MessageId& id,
                                     Time now);

}  // namespace mailca::outbox
