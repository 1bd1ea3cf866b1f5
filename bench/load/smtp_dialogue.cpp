#include "bench/load/smtp_dialogue.h"

#include <optional>

#include "core/text.h"

namespace mailca::bench {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

bool says(std::string_view line, std::string_view verb) {
    return line.size() >= verb.size() && equalIgnoringCase(line.substr(0, verb.size()), verb);
}

// "RCPT TO:<path> parameters": what stands between the brackets.
std::optional<std::string> pathOf(std::string_view line) {
    const std::size_t from = line.find('<');
    const std::size_t to = line.find('>', from);
    if (from == std::string_view::npos || to == std::string_view::npos) return std::nullopt;
    return std::string(line.substr(from + 1, to - from - 1));
}

}  // namespace

std::string SmtpDialogue::take(std::string_view octets) {
    std::string answers;
    m_pending += octets;
    std::size_t start = 0;
    while (!m_ended) {
        const std::size_t end = m_pending.find(kLineEnd, start);
        if (end == std::string::npos) break;
        answers += takeLine(std::string_view(m_pending).substr(start, end - start));
        start = end + kLineEnd.size();
    }
    m_pending.erase(0, start);
    if (!m_ended && m_pending.size() > kMaxLine + 1) {
        m_ended = true;
        answers += "500 5.5.2 line too long\r\n";
    }
    return answers;
}

std::string SmtpDialogue::takeLine(std::string_view line) {
    return m_inData ? dataLine(line) : command(line);
}

std::string SmtpDialogue::command(std::string_view line) {
    if (says(line, "EHLO ")) {
        reset();
        return "250-localhost\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n";
    }
    if (says(line, "HELO ")) {
        reset();
        return "250 localhost\r\n";
    }
    if (says(line, "MAIL FROM:")) {
        reset();
        m_hasSender = true;
        return "250 2.1.0 Ok\r\n";
    }
    if (says(line, "RCPT TO:")) return addRecipient(line);
    if (says(line, "DATA")) {
        if (m_recipients.empty()) return "503 5.5.1 RCPT first\r\n";
        m_inData = true;
        return "354 end with a dot\r\n";
    }
    if (says(line, "RSET")) {
        reset();
        return "250 2.0.0 Ok\r\n";
    }
    if (says(line, "NOOP")) return "250 2.0.0 Ok\r\n";
    if (says(line, "QUIT")) {
        m_ended = true;
        return "221 2.0.0 Bye\r\n";
    }
    return "500 5.5.2 unknown command\r\n";
}

std::string SmtpDialogue::addRecipient(std::string_view line) {
    if (!m_hasSender) return "503 5.5.1 MAIL first\r\n";
    if (m_recipients.size() == kMaxRecipients) return "452 4.5.3 too many recipients\r\n";
    auto path = pathOf(line);
    if (!path || path->find('@') == std::string::npos) return "501 5.1.3 no address\r\n";
    m_recipients.push_back(*std::move(path));
    return "250 2.1.5 Ok\r\n";
}

std::string SmtpDialogue::dataLine(std::string_view line) {
    if (line == ".") return endOfData();
    if (line.starts_with('.')) line.remove_prefix(1);  // RFC 5321 section 4.5.2
    if (m_mail.size() + line.size() + kLineEnd.size() > kMaxMail) {
        m_ended = true;
        return "552 5.3.4 mail too large\r\n";
    }
    m_mail.append(line).append(kLineEnd);
    return "";
}

std::string SmtpDialogue::endOfData() {
    bool taken = true;
    for (const std::string& recipient : m_recipients) taken = (*m_deliver)(recipient, m_mail) && taken;
    reset();
    return taken ? "250 2.0.0 Ok\r\n" : "451 4.3.0 not now\r\n";
}

void SmtpDialogue::reset() {
    m_hasSender = false;
    m_inData = false;
    m_recipients.clear();
    m_mail.clear();
}

}  // namespace mailca::bench
