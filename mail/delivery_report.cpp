#include "mail/delivery_report.h"

#include <algorithm>
#include <optional>

#include "core/text.h"
#include "mail/header_split.h"

namespace mailca::mail {
namespace {

constexpr std::size_t kMostGroups = 16;
constexpr std::size_t kLongestDiagnostic = 200;

// RFC 3464 section 2.1.2 has "type; value" in some: it stays as it is.
std::string valueOf(const std::vector<Header>& fields, std::string_view name) {
    return firstField(fields, name).value_or("");
}

std::string shown(const std::string& text) {
    return printableAscii(std::string_view(text).substr(0, kLongestDiagnostic));
}

std::optional<RecipientStatus> recipientOf(std::string_view group) {
    const auto head = splitHead(std::string(group) + "\r\n\r\n");
    if (!head) return std::nullopt;
    const std::string status = valueOf(head->headers, "Status");
    RecipientStatus out{toAsciiLower(valueOf(head->headers, "Action")), shown(status.substr(0, status.find(' '))),
                        shown(valueOf(head->headers, "Diagnostic-Code"))};
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
