#include "mail/delivery_report.h"

#include <algorithm>
#include <optional>

#include "core/text.h"
#include "mail/header_split.h"

namespace mailca::mail {
namespace {

constexpr std::size_t kMostGroups = 16;
constexpr std::size_t kLongestDiagnostic = 200;

// Of the first such field, without comments of its own (RFC 3464 section 2.1.2 has "type; value" in some).
std::string valueOf(const std::vector<Header>& fields, std::string_view name) {
    for (const Header& field : fields) {
        if (equalNames(field.name, name)) return unfold(field.value);
    }
    return {};
}

std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, kLongestDiagnostic)) out += c >= ' ' && c < 0x7F ? c : '?';
    return out;
}

std::optional<RecipientStatus> recipientOf(std::string_view group) {
    const auto head = splitHead(std::string(group) + "\r\n\r\n");
    if (!head) return std::nullopt;
    const std::string status = valueOf(head->headers, "Status");
    RecipientStatus out{toAsciiLower(valueOf(head->headers, "Action")), printable(status.substr(0, status.find(' '))),
                        printable(valueOf(head->headers, "Diagnostic-Code"))};
    if (out.action.empty() || out.status.empty()) return std::nullopt;
    return out;
}

}  // namespace

std::vector<RecipientStatus> parseDeliveryStatus(std::string_view content) {
    constexpr std::string_view kBlankLine = "\r\n\r\n";
    const std::string wire = withCrlf(content);
    std::string_view rest = wire;
    std::vector<RecipientStatus> out;
    for (std::size_t groups = 0; !rest.empty() && groups < kMostGroups; ++groups) {
        const std::size_t end = std::min(rest.find(kBlankLine), rest.size());
        if (auto recipient = recipientOf(rest.substr(0, end))) out.push_back(*std::move(recipient));
        rest.remove_prefix(std::min(end + kBlankLine.size(), rest.size()));
    }
    return out;
}

}  // namespace mailca::mail
