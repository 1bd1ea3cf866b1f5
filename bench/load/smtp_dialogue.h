// The server's side of one SMTP connection (RFC 5321), octets in and octets out: enough of it for a mailbox that takes
// mail from one well-behaved sender. Bounded: a line, a mail, the recipients.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mailca::bench {

// Takes responsibility for a mail (CRLF line ends, dots unstuffed); false: 451, the sender may try again.
using Deliver = std::function<bool(const std::string& recipient, std::string_view message)>;

class SmtpDialogue {
 public:
    static constexpr std::size_t kMaxLine = 1000;  // RFC 5321 section 4.5.3.1.6, without the dot that stuffing adds
    static constexpr std::size_t kMaxMail = 256 * 1024;
    static constexpr std::size_t kMaxRecipients = 100;

    explicit SmtpDialogue(const Deliver& deliver) : m_deliver(&deliver) {}  // which must outlive it

    static std::string greeting() { return "220 localhost ESMTP\r\n"; }
    // What to answer to these octets: nothing, one line or several.
    std::string take(std::string_view octets);
    // After QUIT, or when the sender broke a limit: send the last answer and close.
    bool ended() const { return m_ended; }

 private:
    std::string takeLine(std::string_view line);
    std::string command(std::string_view line);
    std::string addRecipient(std::string_view line);
    std::string dataLine(std::string_view line);
    std::string endOfData();
    void reset();

    const Deliver* m_deliver;
    std::string m_pending;  // a line that has not ended yet
    bool m_ended = false;
    bool m_hasSender = false;
    bool m_inData = false;
    std::vector<std::string> m_recipients;
    std::string m_mail;
};

}  // namespace mailca::bench
