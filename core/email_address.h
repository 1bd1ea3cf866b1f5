// The one parser of mailbox addresses (standards H1-H12): API, CSR, mail, lookup and client all use it.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mailca {

// A mailbox: RFC 5321 `Mailbox` in dot-string form (RFC 6531 for a local part outside ASCII). Immutable.
// Equality is the rule of RFC 9598 section 5: local part octet by octet, domain as lower-case A-labels. "Alice@" and
// "alice@" are two mailboxes to us (H11).
class EmailAddress {
 public:
    // Parse error with a sentence that says what is wrong. Refused (H2): display names, comments, routes, quoted local
    // parts, IP literals, single-label domains, trailing dots, control characters, "%" and "!", "*", more than one "@".
    static Result<EmailAddress> parse(std::string_view text);

    const std::string& local() const { return m_local; }    // as given
    const std::string& domain() const { return m_domain; }  // lower-case A-labels
    std::string text() const { return m_local + "@" + m_domain; }
    // H4: the key of a forgiving lookup (ASCII lower case). Never used for certificates or replies.
    std::string lookupKey() const;
    bool isAscii() const;  // else the certificate needs SmtpUTF8Mailbox

    auto operator<=>(const EmailAddress&) const = default;

 private:
    EmailAddress(std::string local, std::string domain) : m_local(std::move(local)), m_domain(std::move(domain)) {}
    std::string m_local;
    std::string m_domain;
};

}  // namespace mailca
