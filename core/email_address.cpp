#include "core/email_address.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "core/text.h"

namespace mailca {
namespace {

Error bad(const std::string& why) {
    return fail(ErrorKind::Parse, "not a mailbox address: " + why);
}

bool isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// atext of RFC 5321 section 4.1.2 less "%" and "!" (old routing tricks) and "*" (RFC 8823 section 3: no wildcards).
bool isAtext(char c) {
    static constexpr std::string_view kSpecials = "#$&'+-/=?^_`{|}~";
    return isAlphanumeric(c) || kSpecials.find(c) != std::string_view::npos || (static_cast<unsigned char>(c) >= 0x80);
}

struct Range {
    std::uint32_t first, last;
};

// What may not stand in a mailbox though UTF-8 can say it: C1 controls, spaces, invisible marks, bidi controls, line
// breaks, byte order and interlinear marks, noncharacters (H8; RFC 8264 section 9). Noncharacters above U+FFFF: see
// isForbidden.
constexpr Range kForbidden[] = {{0x80, 0xA0},     {0xAD, 0xAD},      {0x61C, 0x61C},   {0x1680, 0x1680},
                                {0x180E, 0x180E}, {0x2000, 0x200B},  {0x200E, 0x200F}, {0x2028, 0x202F},
                                {0x205F, 0x206F}, {0x3000, 0x3000},  {0xFDD0, 0xFDEF}, {0xFEFF, 0xFEFF},
                                {0xFFF9, 0xFFFF}, {0xE0000, 0xE007F}};

bool isForbidden(std::uint32_t point) {
    return (point & 0xFFFE) == 0xFFFE ||
           std::any_of(std::begin(kForbidden), std::end(kForbidden),
                       [point](Range range) { return point >= range.first && point <= range.last; });
}

// Octets of a UTF-8 sequence by its lead octet; 0 for none.
std::size_t sequenceLength(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

// Well-formed UTF-8 that holds nothing forbidden.
bool isCleanUtf8(std::string_view text) {
    static constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    while (!text.empty()) {
        const auto lead = static_cast<unsigned char>(text.front());
        const std::size_t length = sequenceLength(lead);
        if (length == 0 || length > text.size()) return false;
        std::uint32_t point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
        for (const char c : text.substr(1, length - 1)) {
            if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) return false;
            point = (point << 6) | (static_cast<unsigned char>(c) & 0x3Fu);
        }
        const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        if (point < kSmallest[length] || point > 0x10FFFF || surrogate || isForbidden(point)) return false;
        text.remove_prefix(length);
    }
    return true;
}

Result<std::string> parseLocal(std::string_view local) {
    if (local.empty()) return bad("nothing stands before the @");
    if (local.size() > 64) return bad("the part before the @ is longer than 64 octets");
    if (local.front() == '"') return bad("quoted local parts are not supported");
    if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos) {
        return bad("a dot stands where none may stand before the @");
    }
    if (!std::all_of(local.begin(), local.end(), [](char c) { return c == '.' || isAtext(c); })) {
        return bad("a character that may not stand before the @");
    }
    if (!isCleanUtf8(local)) return bad("the part before the @ is not UTF-8, or holds invisible characters");
    return std::string(local);
}

// An A-label or an NR-LDH label (RFC 5890 section 2.3.1): "--" in third place is for xn-- alone.
bool isLabel(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           (label.substr(2 < label.size() ? 2 : label.size(), 2) != "--" || label.starts_with("xn--")) &&
           std::all_of(label.begin(), label.end(), [](char c) { return isAlphanumeric(c) || c == '-'; });
}

// H3: IDNA2008 without any mapping but ASCII lower case; an xn-- label must round-trip, which idn2 checks on the way.
Result<std::string> toALabels(std::string_view domain) {
    char* raw = nullptr;
    const int rc = ::idn2_to_ascii_8z(toAsciiLower(domain).c_str(), &raw, IDN2_NO_TR46);
    const std::unique_ptr<char, decltype(&::idn2_free)> owned(raw, &::idn2_free);
    if (rc != IDN2_OK) return bad(std::string("the domain is not valid: ") + ::idn2_strerror(rc));
    return std::string(owned.get());
}

Result<std::string> parseDomain(std::string_view domain) {
    if (domain.empty()) return bad("nothing stands behind the @");
    if (domain.front() == '[') return bad("an IP address literal in place of a domain");
    if (domain.find('\0') != std::string_view::npos) return bad("a NUL in the domain");
    TRY(const std::string ascii, toALabels(domain));
    if (ascii.size() > 253) return bad("the domain is longer than 253 octets");
    std::size_t labels = 0;
    std::string_view last;
    for (std::size_t at = 0; at <= ascii.size(); ++labels) {
        const std::size_t dot = std::min(ascii.find('.', at), ascii.size());
        last = std::string_view(ascii).substr(at, dot - at);
        if (!isLabel(last)) return bad("an empty or ill-formed domain label");
        at = dot + 1;
    }
    if (labels < 2) return bad("the domain has a single label only");
    if (last.find_first_not_of("0123456789") == std::string_view::npos)
        return bad("an IP address in place of a domain");
    return ascii;
}

}  // namespace

Result<EmailAddress> EmailAddress::parse(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos) return bad("it has no @");
    if (text.find('@', at + 1) != std::string_view::npos) return bad("it has more than one @");
    TRY(std::string local, parseLocal(text.substr(0, at)));
    TRY(std::string domain, parseDomain(text.substr(at + 1)));
    if (local.size() + 1 + domain.size() > 254) return bad("it is longer than 254 octets");
    return EmailAddress(std::move(local), std::move(domain));
}

std::string EmailAddress::lookupKey() const {
    return toAsciiLower(text());
}

bool EmailAddress::isAscii() const {
    return std::all_of(m_local.begin(), m_local.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace mailca
