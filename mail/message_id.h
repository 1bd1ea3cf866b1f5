// Message-ID (RFC 5322 section 3.6.4) as a type: what is inside cannot break out of a header.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/email_address.h"
#include "core/random.h"
#include "core/result.h"

namespace mailca::mail {

class MessageId {
 public:
    // "<" 24 random bytes in base64url "@" domain ">": unguessable (A32).
    static MessageId random(Random& random, const EmailAddress& sender);
    // "<left@right>" of printable ASCII without blanks or further angle brackets, 250 octets at most; white space
    // around it is cut. Parse error otherwise.
    static Result<MessageId> parse(std::string_view text);

    const std::string& text() const { return m_text; }  // with the angle brackets
    auto operator<=>(const MessageId&) const = default;

 private:
    explicit MessageId(std::string text) : m_text(std::move(text)) {}
    std::string m_text;
};

}  // namespace mailca::mail
