// A mail as it came, parsed: headers, addresses, the text part. Facts only; whether a mail is a reply to a challenge is
// judged elsewhere (enroll/va). Nothing a mail can contain makes parse() crash or take long.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/email_address.h"
#include "core/result.h"

namespace mailca::mail {

// A48. A mail over a limit is a Parse error.
inline constexpr std::size_t kMaxMessageBytes = 256 * 1024;
inline constexpr std::size_t kMaxHeaders = 300;
inline constexpr std::size_t kMaxHeaderBytes = 32 * 1024;  // one field, with its folds
inline constexpr int kMaxMimeDepth = 10;                   // the top part is depth 1
inline constexpr int kMaxMimeParts = 100;

struct Header {
    std::string name;   // as given, without the colon
    std::string value;  // as given, folds included, without the CRLF at its end
};

// The mailboxes of an address field, over all its occurrences.
struct MailboxList {
    std::vector<EmailAddress> mailboxes;  // those that are mailboxes to us (H1-H2), in order
    std::size_t others = 0;               // entries that are not: groups, quoted local parts, single labels, garbage

    // The one entry there is. Nothing if there are several, or if the one is no mailbox (A38).
    std::optional<EmailAddress> single() const;
    bool contains(const EmailAddress& mailbox) const;
};

enum class Shape : std::uint8_t {
    TextPlain,    // text/plain, or no Content-Type at all (RFC 2045 section 5.2)
    Alternative,  // multipart/alternative that contains text/plain
    Wrapped,      // multipart/mixed or multipart/signed whose first part is one of the two above
    Other,
};

// Immutable; safe to read from several threads.
class Message {
 public:
    // `raw` is a mail as it lies in a Maildir or came by SMTP, with any line ends: bare CR and bare LF become CRLF
    // before anything else looks at it. Parse error: NUL, no header, a header line without a name, a limit (A48).
    static Result<Message> parse(std::string_view raw);

    // The bytes with CRLF line ends: what DkimVerifier verifies and what an audit hashes (A49).
    const std::string& wire() const { return m_wire; }
    std::size_t bodyOffset() const { return m_bodyOffset; }           // into wire(); its size if there is no body
    const std::vector<Header>& headers() const { return m_headers; }  // in order

    // Names compare without case.
    std::size_t count(std::string_view name) const;
    bool has(std::string_view name) const { return count(name) != 0; }
    // The first field of that name, unfolded and trimmed, not decoded.
    std::optional<std::string> field(std::string_view name) const;
    // A41: a field whose name begins with "List-" is there.
    bool hasListField() const;

    // Of the first Subject: unfolded, encoded words (RFC 2047, 2231) decoded, UTF-8. Empty if there is none.
    const std::string& subject() const { return m_subject; }
    const MailboxList& from() const { return m_from; }
    const MailboxList& sender() const { return m_sender; }
    const MailboxList& to() const { return m_to; }
    const MailboxList& replyTo() const { return m_replyTo; }

    Shape shape() const { return m_shape; }
    const std::string& contentType() const { return m_contentType; }  // of the top part, "text/plain", lower case
    // The first text/plain part of a shape other than Other: transfer encoding and charset undone (octets that are not
    // of the charset become U+FFFD or "?"), line ends "\n".
    const std::optional<std::string>& text() const { return m_text; }
    // The content of a multipart/report's second part, when that is message/delivery-status (RFC 6522, RFC 3464).
    const std::optional<std::string>& deliveryStatus() const { return m_deliveryStatus; }

 private:
    friend class MessageParser;
    Message() = default;
    std::string m_wire;
    std::size_t m_bodyOffset = 0;
    std::vector<Header> m_headers;
    std::string m_subject;
    MailboxList m_from;
    MailboxList m_sender;
    MailboxList m_to;
    MailboxList m_replyTo;
    Shape m_shape = Shape::Other;
    std::string m_contentType;
    std::optional<std::string> m_text;
    std::optional<std::string> m_deliveryStatus;
};

// Every line end becomes CRLF: CRLF stays, a bare CR or a bare LF turns into one (A48, H10).
std::string withCrlf(std::string_view raw);
// Folds removed (RFC 5322 section 2.2.3), white space at both ends cut.
std::string unfold(std::string_view value);
// Header names are ASCII and compare without case (RFC 5322 section 1.2.2).
bool equalNames(std::string_view a, std::string_view b);
// The first field of that name, unfolded and trimmed, not decoded.
std::optional<std::string> firstField(const std::vector<Header>& headers, std::string_view name);

}  // namespace mailca::mail
