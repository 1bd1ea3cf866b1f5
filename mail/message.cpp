#include "mail/message.h"

#include <algorithm>

#include "core/text.h"

namespace mailca::mail {

std::optional<EmailAddress> MailboxList::single() const {
    if (mailboxes.size() != 1 || others != 0) return std::nullopt;
    return mailboxes.front();
}

bool MailboxList::contains(const EmailAddress& mailbox) const {
    return std::find(mailboxes.begin(), mailboxes.end(), mailbox) != mailboxes.end();
}

std::size_t Message::count(std::string_view name) const {
    const auto found = std::count_if(m_headers.begin(), m_headers.end(),
                                     [name](const Header& header) { return equalNames(header.name, name); });
    return static_cast<std::size_t>(found);
}

std::optional<std::string> Message::field(std::string_view name) const {
    return firstField(m_headers, name);
}

bool Message::hasListField() const {
    return std::any_of(m_headers.begin(), m_headers.end(), [](const Header& header) {
        return equalNames(std::string_view(header.name).substr(0, 5), "List-");
    });
}

std::string withCrlf(std::string_view raw) {
    std::string wire;
    wire.reserve(raw.size() + raw.size() / 32);
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const bool pair = raw[i] == '\r' && i + 1 < raw.size() && raw[i + 1] == '\n';
        if (raw[i] != '\r' && raw[i] != '\n') {
            wire += raw[i];
            continue;
        }
        wire += "\r\n";
        if (pair) ++i;
    }
    return wire;
}

std::optional<std::string> firstField(const std::vector<Header>& headers, std::string_view name) {
    const auto found = std::ranges::find_if(headers, [&](const Header& one) { return equalNames(one.name, name); });
    return found == headers.end() ? std::nullopt : std::optional(unfold(found->value));
}

std::string unfold(std::string_view value) {
    std::string text;
    text.reserve(value.size());
    for (const char c : value) {
        if (c != '\r' && c != '\n') text += c;
    }
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool equalNames(std::string_view a, std::string_view b) {
    return equalIgnoringCase(a, b);
}

}  // namespace mailca::mail
