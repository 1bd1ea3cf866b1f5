#include "mail/dkim_canonical.h"

#include <algorithm>

#include "core/text.h"
#include "mail/blank.h"

namespace mailca::mail {

namespace {

// Runs of white space to one blank each, white space at the end cut.
std::string squeezed(std::string_view line) {
    std::string text;
    bool pendingBlank = false;
    for (const char c : line) {
        if (isBlank(c)) {
            pendingBlank = true;
            continue;
        }
        if (pendingBlank) text += ' ';
        pendingBlank = false;
        text += c;
    }
    return text;
}

}  // namespace

std::string relaxedHeader(const Header& header) {
    return toAsciiLower(header.name) + ":" + squeezed(unfold(header.value));
}

std::string relaxedBody(std::string_view body) {
    std::string text;
    std::size_t emptyLines = 0;  // seen and not yet written: those at the end are left out
    while (!body.empty()) {
        const std::size_t end = std::min(body.find("\r\n"), body.size());
        const std::string line = squeezed(body.substr(0, end));
        body.remove_prefix(std::min(end + 2, body.size()));
        if (line.empty()) {
            ++emptyLines;
            continue;
        }
        for (; emptyLines > 0; --emptyLines) text += "\r\n";
        text += line + "\r\n";
    }
    return text;
}

}  // namespace mailca::mail
