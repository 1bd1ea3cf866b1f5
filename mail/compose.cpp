#include "mail/compose.h"

#include <algorithm>

namespace mailca::mail {

namespace {

constexpr std::size_t kMaxLineBytes = 998;  // RFC 5322 section 2.1.1, without the CRLF

enum class Octets : std::uint8_t { Ascii, Utf8 };

bool fitsField(std::string_view value, Octets allowed) {
    return std::all_of(value.begin(), value.end(), [allowed](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return (octet >= 0x20 && octet < 0x7f) || (allowed == Octets::Utf8 && octet >= 0x80);
    });
}

// Writes fields one by one; each of them is checked, whatever its type promised (H10).
class HeadWriter {
 public:
    Result<void> add(std::string_view name, std::string_view value, Octets allowed = Octets::Ascii) {
        if (!fitsField(value, allowed)) {
            return fail(ErrorKind::Malformed,
                        "the mail's " + std::string(name) + " has a character that cannot stand there");
        }
        const std::string line = std::string(name) + ": " + std::string(value);
        if (line.size() > kMaxLineBytes)
            return fail(ErrorKind::Malformed, "the mail's " + std::string(name) + " is too long");
        m_text += line + "\r\n";
        return {};
    }
    const std::string& text() const { return m_text; }

 private:
    std::string m_text;
};

Result<std::string> recipientOf(const Draft& draft) {
    if (draft.toAsSent.empty()) return draft.to.text();
    const auto spelt = EmailAddress::parse(draft.toAsSent);
    if (!spelt || *spelt != draft.to) return fail(ErrorKind::Malformed, "the mail's To is not its recipient");
    return draft.toAsSent;
}

Result<std::string> writeBody(std::string_view text) {
    const std::string body = withCrlf(text);
    std::size_t start = 0;
    while (start < body.size()) {
        const std::size_t end = body.find("\r\n", start);
        if (end == std::string::npos) return fail(ErrorKind::Malformed, "the mail's last line has no end");
        const std::string_view line = std::string_view(body).substr(start, end - start);
        if (line.size() > kMaxLineBytes) return fail(ErrorKind::Malformed, "a line of the mail is too long");
        if (!std::all_of(line.begin(), line.end(), [](char c) { return c == '\t' || (c >= ' ' && c < '\x7f'); })) {
            return fail(ErrorKind::Malformed, "the mail's text has a character that is not printable ASCII");
        }
        start = end + 2;
    }
    return body;
}

}  // namespace

Result<std::string> compose(const Draft& draft) {
    TRY(const std::string to, recipientOf(draft));
    HeadWriter head;
    TRY_VOID(head.add("From", draft.from.text(), Octets::Utf8));
    TRY_VOID(head.add("To", to, Octets::Utf8));
    if (draft.replyTo) TRY_VOID(head.add("Reply-To", draft.replyTo->text(), Octets::Utf8));
    TRY_VOID(head.add("Subject", draft.subject));
    TRY_VOID(head.add("Date", toMailDate(draft.date)));
    TRY_VOID(head.add("Message-ID", draft.messageId.text()));
    if (draft.inReplyTo) {
        TRY_VOID(head.add("In-Reply-To", draft.inReplyTo->text()));
        TRY_VOID(head.add("References", draft.inReplyTo->text()));
    }
    if (!draft.autoSubmitted.empty()) TRY_VOID(head.add("Auto-Submitted", draft.autoSubmitted));
    TRY_VOID(head.add("MIME-Version", "1.0"));
    TRY_VOID(head.add("Content-Type", "text/plain; charset=us-ascii"));
    TRY_VOID(head.add("Content-Transfer-Encoding", "7bit"));
    TRY(std::string body, writeBody(draft.body));
    return head.text() + "\r\n" + body;
}

}  // namespace mailca::mail
