// One LMTP conversation (RFC 2033) from the server's side: octets in, replies out; no socket, no file. Whatever the
// peer sends, it holds one mail and one command at most.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/email_address.h"
#include "core/result.h"
#include "mail/message.h"

namespace mailca::mail {

// What the envelope adds in front has to fit below kMaxMessageBytes as well.
inline constexpr std::size_t kMaxLmtpMail = kMaxMessageBytes - 56 * 1024;
inline constexpr std::size_t kMaxLmtpRecipients = 100;  // RFC 5321 section 4.5.3.1.8
inline constexpr std::size_t kMaxLmtpLine = 2048;       // RFC 5321 section 4.5.3.1.4, with room for RFC 6531
inline constexpr int kMaxLmtpMistakes = 20;

struct Envelope {
    std::string sender;  // without its brackets; empty: a bounce
    std::vector<EmailAddress> recipients;
};

class LmtpSession {
 public:
    // Takes the mail for good, or says why not. The positive reply goes out only after that (RFC 2033 section 4.2).
    using Deliver = std::function<Result<void>(const Envelope& envelope, std::string_view mail)>;

    // Takes mail for every mailbox of `domain`.
    LmtpSession(std::string domain, Deliver deliver);

    std::string greeting() const { return "220 " + m_domain + " LMTP\r\n"; }
    // The replies to what these octets complete.
    std::string take(std::string_view octets);
    // The peer has said QUIT, or too much nonsense: hang up after the last reply.
    bool ended() const { return m_ended; }

 private:
    struct Command;
    void takeLine();
    void takeData();
    std::string command(std::string_view line);
    std::string hello(const Command& command);
    std::string mailFrom(const Command& command);
    std::string recipient(const Command& command);
    std::string data(const Command& command);
    std::string settle();
    std::string reset(std::string reply);

    const std::string m_domain;
    const Deliver m_deliver;
    std::string m_input;    // not understood yet: a part of a line, or of a mail
    std::string m_replies;  // of the octets at hand
    std::size_t m_searched = 0;
    bool m_greeted = false, m_readsData = false, m_overflowed = false, m_takesUtf8 = false, m_ended = false;
    int m_mistakes = 0;
    std::optional<Envelope> m_envelope;
};

}  // namespace mailca::mail
