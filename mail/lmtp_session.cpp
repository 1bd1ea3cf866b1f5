#include "mail/lmtp_session.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/text.h"

namespace mailca::mail {

namespace {

// A mail ends with this; what stands before it begins a line, so that one goes in front of the first.
constexpr std::string_view kEnd = "\r\n.\r\n";
constexpr std::string_view kLineEnd = "\r\n";
// Every line may have got a dot (RFC 5321 section 4.5.2), and the shortest such line has three octets.
constexpr std::size_t kMaxStuffed = kMaxLmtpMail / 3 * 4 + 16;
constexpr std::size_t kMaxPath = 320;  // RFC 5321 section 4.5.3.1: 64, "@", 255

constexpr const char* kTooLarge = "552 5.3.4 the mail is larger than any reply to a challenge\r\n";

bool isControl(char c) {
    return (c >= 0 && c < ' ') || c == '\x7f';
}

bool isAsciiText(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0; });
}

std::string unstuffed(std::string_view lines) {
    std::string mail;
    mail.reserve(lines.size());
    while (!lines.empty()) {
        const std::size_t end = lines.find(kLineEnd);
        const std::size_t length = end == std::string_view::npos ? lines.size() : end + kLineEnd.size();
        mail += lines.substr(lines.front() == '.' ? 1 : 0, length - (lines.front() == '.' ? 1 : 0));
        lines.remove_prefix(length);
    }
    return mail;
}

}  // namespace

// "MAIL FROM:<a@b> SIZE=3" -> what stands behind the verb, its path and its parameters.
struct LmtpSession::Command {
    std::string verb;  // lower case
    std::string_view rest;

    // Between "FROM:<" and ">"; nothing when that is not there.
    std::optional<std::string_view> path(std::string_view lead) const {
        if (rest.size() <= lead.size() || !equalIgnoringCase(rest.substr(0, lead.size()), lead)) return std::nullopt;
        std::string_view text = rest.substr(lead.size());
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));  // many clients put one
        const std::size_t end = text.find('>');
        if (!text.starts_with('<') || end == std::string_view::npos || end - 1 > kMaxPath) return std::nullopt;
        if (end + 1 < text.size() && text[end + 1] != ' ') return std::nullopt;
        return text.substr(1, end - 1);
    }
    std::vector<std::string> parameters() const {  // lower case
        std::vector<std::string> found;
        std::string_view text = rest.substr(std::min(rest.find('>'), rest.size() - 1) + 1);
        while (true) {
            text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
            if (text.empty()) return found;
            const std::size_t end = std::min(text.find(' '), text.size());
            found.push_back(toAsciiLower(text.substr(0, end)));
            text.remove_prefix(end);
        }
    }
};

LmtpSession::LmtpSession(std::string domain, Deliver deliver)
    : m_domain(std::move(domain)), m_deliver(std::move(deliver)) {}

std::string LmtpSession::take(std::string_view octets) {
    // Piece by piece, so that a peer which sends on and on fills nothing.
    constexpr std::size_t kPiece = 16 * 1024;
    while (!octets.empty() && !m_ended) {
        const std::string_view piece = octets.substr(0, kPiece);
        octets.remove_prefix(piece.size());
        m_input += piece;
        std::size_t before = 0;
        do {
            before = m_input.size();
            m_readsData ? takeData() : takeLine();
        } while (!m_ended && m_input.size() != before && !m_input.empty());
    }
    return std::exchange(m_replies, {});
}

// CR LF alone ends a line (RFC 5321 section 2.3.8).
void LmtpSession::takeLine() {
    const std::size_t end = m_input.find(kLineEnd);
    if (end == std::string::npos) {
        if (m_input.size() > kMaxLmtpLine) {
            m_overflowed = true;
            m_input.erase(0, m_input.size() - 1);  // its last octet may be the CR
        }
        return;
    }
    const std::string line = m_input.substr(0, end);
    m_input.erase(0, end + kLineEnd.size());
    const bool tooLong = std::exchange(m_overflowed, false) || line.size() > kMaxLmtpLine;
    const std::string reply = tooLong ? "500 5.5.2 the line is too long\r\n" : command(line);
    m_replies += reply;
    if (!reply.starts_with('5') || ++m_mistakes < kMaxLmtpMistakes) return;
    m_replies += "421 4.7.0 too many mistakes\r\n";
    m_ended = true;
}

void LmtpSession::takeData() {
    const std::size_t end = m_input.find(kEnd, m_searched);
    if (end == std::string::npos) {
        if (m_input.size() > kMaxStuffed) {
            m_overflowed = true;
            m_input.erase(0, m_input.size() - (kEnd.size() - 1));
        }
        m_searched = m_input.size() - std::min(m_input.size(), kEnd.size() - 1);
        return;
    }
    const std::string rest = m_input.substr(end + kEnd.size());
    m_input.resize(end + kLineEnd.size());
    m_replies += settle();
    m_input = rest;
    m_readsData = false;
}

std::string LmtpSession::command(std::string_view line) {
    if (std::ranges::any_of(line, isControl)) return "501 5.5.2 a control character\r\n";
    const std::size_t blank = std::min(line.find(' '), line.size());
    const Command said{toAsciiLower(line.substr(0, blank)), line.substr(std::min(blank + 1, line.size()))};
    using Answer = std::string (LmtpSession::*)(const Command&);
    static constexpr std::array<std::pair<std::string_view, Answer>, 4> kAnswers{{{"lhlo", &LmtpSession::hello},
                                                                                  {"mail", &LmtpSession::mailFrom},
                                                                                  {"rcpt", &LmtpSession::recipient},
                                                                                  {"data", &LmtpSession::data}}};
    const auto answer = std::ranges::find(kAnswers, said.verb, [](const auto& one) { return one.first; });
    if (answer != kAnswers.end()) return (this->*answer->second)(said);
    if (said.verb == "rset") return reset("250 2.0.0 forgotten\r\n");
    if (said.verb == "noop") return "250 2.0.0 well\r\n";
    if (said.verb == "vrfy") return "252 2.5.0 send it and see\r\n";
    if (said.verb == "quit") {
        m_ended = true;
        return "221 2.0.0 " + m_domain + "\r\n";
    }
    if (said.verb == "helo" || said.verb == "ehlo") return "500 5.5.1 this is LMTP: say LHLO\r\n";  // RFC 2033 s4.1
    return "500 5.5.1 no such command\r\n";
}

std::string LmtpSession::hello(const Command& command) {
    if (command.rest.empty()) return "501 5.5.4 LHLO wants a name\r\n";
    m_greeted = true;
    return reset("250-" + m_domain +
                 "\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE " +
                 std::to_string(kMaxLmtpMail) + "\r\n");
}

std::string LmtpSession::mailFrom(const Command& command) {
    if (!m_greeted) return "503 5.5.1 LHLO first\r\n";
    if (m_envelope) return "503 5.5.1 one mail at a time\r\n";
    const auto path = command.path("FROM:");
    if (!path) return "501 5.5.4 the syntax is MAIL FROM:<address>\r\n";
    bool utf8 = false;
    for (const std::string& parameter : command.parameters()) {
        if (parameter.starts_with("size=")) {
            std::size_t size = 0;
            const char* const end = parameter.data() + parameter.size();
            const auto [rest, error] = std::from_chars(parameter.data() + 5, end, size);
            if (error != std::errc{} || rest != end) return "501 5.5.4 SIZE wants a number\r\n";
            if (size > kMaxLmtpMail) return kTooLarge;
        } else if (parameter == "smtputf8") {
            utf8 = true;
        } else if (parameter != "body=8bitmime" && parameter != "body=7bit") {
            return "555 5.5.4 no such parameter\r\n";
        }
    }
    if (!utf8 && !isAsciiText(*path)) return "553 5.6.7 an address outside ASCII needs SMTPUTF8\r\n";  // RFC 6531
    m_takesUtf8 = utf8;
    m_envelope = Envelope{std::string(*path), {}};
    return "250 2.1.0 from there\r\n";
}

std::string LmtpSession::recipient(const Command& command) {
    if (!m_envelope) return "503 5.5.1 MAIL first\r\n";
    const auto path = command.path("TO:");
    if (!path) return "501 5.5.4 the syntax is RCPT TO:<address>\r\n";
    if (!command.parameters().empty()) return "555 5.5.4 no such parameter\r\n";
    const auto mailbox = EmailAddress::parse(*path);
    if (!mailbox || mailbox->domain() != m_domain) return "550 5.1.2 no mailbox of this service\r\n";
    if (!m_takesUtf8 && !isAsciiText(*path)) return "553 5.6.7 an address outside ASCII needs SMTPUTF8\r\n";
    if (m_envelope->recipients.size() == kMaxLmtpRecipients) return "452 4.5.3 too many recipients\r\n";
    m_envelope->recipients.push_back(*mailbox);
    return "250 2.1.5 to there\r\n";
}

std::string LmtpSession::data(const Command& command) {
    if (!command.rest.empty()) return "501 5.5.4 DATA stands alone\r\n";
    // RFC 2033 section 4.2: without a recipient it fails, or nobody could say what the replies are to.
    if (!m_envelope || m_envelope->recipients.empty()) return "503 5.5.1 no recipient\r\n";
    m_readsData = true;
    m_input.insert(0, kLineEnd);
    m_searched = 0;
    return "354 end it with a dot\r\n";
}

// m_input is the mail with a line end in front. One reply a recipient, all alike: they share one file.
std::string LmtpSession::settle() {
    const bool tooLarge = std::exchange(m_overflowed, false);
    const std::string mail = tooLarge ? "" : unstuffed(std::string_view(m_input).substr(kLineEnd.size()));
    std::string reply = kTooLarge;
    if (!tooLarge && mail.size() <= kMaxLmtpMail) {
        const auto delivered = m_deliver(*m_envelope, mail);
        reply = delivered ? "250 2.0.0 kept\r\n" : "451 4.3.0 the mail cannot be kept now; try again later\r\n";
    }
    std::string replies;
    for (std::size_t i = 0; i < m_envelope->recipients.size(); ++i) replies += reply;
    return reset(std::move(replies));
}

std::string LmtpSession::reset(std::string reply) {
    m_envelope.reset();
    m_takesUtf8 = false;
    return reply;
}

}  // namespace mailca::mail
