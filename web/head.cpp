#include "web/head.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "web/syntax.h"

namespace mailca::web {
namespace {

using Verdict = std::optional<Refusal>;  // nullopt: nothing wrong

constexpr std::string_view kBreak = "\r\n";

std::string_view takeLine(std::string_view& text) {
    const auto line = text.substr(0, text.find(kBreak));
    text.remove_prefix(std::min(line.size() + kBreak.size(), text.size()));
    return line;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool isTarget(std::string_view target) {
    return !target.empty() && std::all_of(target.begin(), target.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '#';
    });
}

// The absolute form, "http://host/path", must be understood (RFC 9112 section 3.2.2); its authority is not used.
std::string_view withoutAuthority(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equalsIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
        const auto start = target.find_first_of("/?", scheme.size());
        return start == std::string_view::npos ? "/" : target.substr(start);
    }
    return target;
}

Verdict readTarget(std::string_view target, Head& head) {
    if (!isTarget(target)) return Refusal{400, "the request target has a character that must be percent-encoded"};
    const auto local = withoutAuthority(target);
    const auto mark = std::min(local.find('?'), local.size());
    head.path = mark == 0 ? "/" : local.substr(0, mark);
    head.query = local.substr(std::min(mark + 1, local.size()));
    const bool asterisk = head.path == "*" && head.method == Method::Options;
    if (!head.path.starts_with('/') && !asterisk) return Refusal{400, "the request target is not a path"};
    return std::nullopt;
}

Verdict readRequestLine(std::string_view line, Head& head) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return Refusal{400, "the request line has not three parts"};
    const auto version = line.substr(last + 1);
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        if (version.starts_with("HTTP/")) return Refusal{505, "this server speaks HTTP/1.1"};
        return Refusal{400, "the request line has no HTTP version"};
    }
    if (!isToken(line.substr(0, first))) return Refusal{400, "the method is not a token"};
    head.line = line;
    head.method = methodFromName(line.substr(0, first));
    head.persistence = version == "HTTP/1.1" ? Persistence::KeepAlive : Persistence::Close;
    return readTarget(line.substr(first + 1, last - first - 1), head);
}

Verdict readFields(std::string_view text, Head& head) {
    while (!text.empty()) {
        const auto line = takeLine(text);
        const auto colon = line.find(':');
        // A space before the colon and a folded line would hide a field from one of two readers: the name is no token.
        if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) {
            return Refusal{400, "a header line is not \"name: value\""};
        }
        const auto value = trim(line.substr(colon + 1));
        if (!isFieldValue(value)) return Refusal{400, "a header field has a control character"};
        head.fields.add(std::string(line.substr(0, colon)), std::string(value));
    }
    return std::nullopt;
}

Verdict readFraming(std::size_t maxBody, Head& head) {
    if (head.fields.count("Transfer-Encoding") > 0) {
        return Refusal{411, "send the body with Content-Length, not chunked"};
    }
    const auto lengths = head.fields.all("Content-Length");
    if (lengths.empty()) return std::nullopt;
    const auto digits = lengths.front();
    const bool odd = digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos;
    if (lengths.size() > 1 || odd) return Refusal{400, "send exactly one Content-Length, a decimal number"};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), head.contentLength);
    if (error != std::errc{} || head.contentLength > maxBody) {
        return Refusal{413, "the body is larger than " + std::to_string(maxBody) + " octets"};
    }
    return std::nullopt;
}

bool listHas(const HeaderFields& fields, std::string_view name, std::string_view token) {
    for (auto list : fields.all(name)) {
        while (!list.empty()) {
            const auto element = list.substr(0, list.find(','));
            list.remove_prefix(std::min(element.size() + 1, list.size()));
            if (equalsIgnoringCase(trim(element), token)) return true;
        }
    }
    return false;
}

Verdict readConnection(Head& head) {
    const bool current = head.persistence == Persistence::KeepAlive;  // HTTP/1.1
    const auto hosts = head.fields.count("Host");
    if (hosts > 1 || (hosts == 0 && current)) return Refusal{400, "send exactly one Host"};
    if (listHas(head.fields, "Connection", "close")) {
        head.persistence = Persistence::Close;
    } else if (listHas(head.fields, "Connection", "keep-alive")) {
        head.persistence = Persistence::KeepAlive;
    }
    const auto expectation = head.fields.find("Expect");
    if (!expectation || !current) return std::nullopt;  // RFC 9110 section 10.1.1: HTTP/1.0 cannot expect
    if (!equalsIgnoringCase(*expectation, "100-continue")) return Refusal{417, "only 100-continue can be expected"};
    head.expectation = Expectation::Continue;
    return std::nullopt;
}

}  // namespace

std::variant<Head, Refusal> parseHead(std::string_view text, std::size_t maxBody) {
    Head head;
    if (auto refusal = readRequestLine(takeLine(text), head)) return *std::move(refusal);
    if (auto refusal = readFields(text, head)) return *std::move(refusal);
    if (auto refusal = readFraming(maxBody, head)) return *std::move(refusal);
    if (auto refusal = readConnection(head)) return *std::move(refusal);
    return head;
}

}  // namespace mailca::web
