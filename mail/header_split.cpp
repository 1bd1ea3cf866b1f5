#include "mail/header_split.h"

#include <algorithm>
#include <string>

namespace mailca::mail {

namespace {

bool isFold(std::string_view line) {
    return line.starts_with(' ') || line.starts_with('\t');
}

// RFC 5322 section 2.2: printable ASCII without the colon. White space before the colon (obsolete syntax) is refused,
// since programs disagree on whether such a line is a field.
bool isFieldName(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<Header> parseField(std::string_view field) {
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos || !isFieldName(field.substr(0, colon))) {
        return fail(ErrorKind::Parse, "the mail has a header line without a name");
    }
    if (field.size() > kMaxHeaderBytes) {
        return fail(ErrorKind::Parse,
                    "a header of the mail is larger than " + std::to_string(kMaxHeaderBytes) + " bytes");
    }
    return Header{std::string(field.substr(0, colon)), std::string(field.substr(colon + 1))};
}

}  // namespace

Result<Head> splitHead(std::string_view wire) {
    constexpr std::string_view kLineEnd = "\r\n";
    Head head;
    std::size_t start = 0;  // of the field being read
    std::size_t next = 0;   // of the line being read
    while (next < wire.size() && !wire.substr(next).starts_with(kLineEnd)) {
        const std::size_t end = std::min(wire.find(kLineEnd, next), wire.size());
        next = std::min(end + kLineEnd.size(), wire.size());
        if (isFold(wire.substr(next))) continue;
        if (isFold(wire.substr(start))) return fail(ErrorKind::Parse, "the mail begins with a folded line");
        if (head.headers.size() == kMaxHeaders) {
            return fail(ErrorKind::Parse, "the mail has more than " + std::to_string(kMaxHeaders) + " headers");
        }
        TRY(Header header, parseField(wire.substr(start, end - start)));
        head.headers.push_back(std::move(header));
        start = next;
    }
    if (head.headers.empty()) return fail(ErrorKind::Parse, "the mail has no headers");
    head.bodyOffset = std::min(next + kLineEnd.size(), wire.size());
    return head;
}

}  // namespace mailca::mail
