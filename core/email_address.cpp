#include "core/email_address.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

namespace mailca {
namespace {

Error bad(const std::string& why) { return fail(ErrorKind::Parse, "not a mailbox address: " + why); }

bool isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// atext of RFC 5321 section 4.1.2 less "%" and "!" (old routing tricks) and "*" (RFC 8823 section 3: no wildcards).
bool isAtext(char c) {
    static constexpr std::string_view kSpecials = "#$&'+-/=?^_`{|}~";
    return isAlphanumeric(c) || kSpecials.find(c) != std::string_view::npos || (static_cast<unsigned char>(c) >= 0x80);
}

// Well-formed UTF-8 without C1 controls or bidi controls (H8).
bool isCleanUtf8(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead < 0xF0 && lead >= 0xE0 ? 3
                                   : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
        if (length == 0 || at + length > text.size()) return false;
        std::uint32_t point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
        for (std::size_t i = 1; i < length; ++i) {
            const auto next = static_cast<unsigned char>(text[at + i]);
            if ((next & 0xC0) != 0x80) return false;
            point = (point << 6) | (next & 0x3Fu);
        }
        static constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
        if (point < kSmallest[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
        const bool bidi = point == 0x200E || point == 0x200F || (point >= 0x202A && point <= 0x202E) ||
                          (point >= 0x2066 && point <= 0x2069);
        if ((point >= 0x80 && point <= 0x9F) || bidi || point == 0xFEFF) return false;
        at += length;
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
    std::string text(local);
    if (!isCleanUtf8(text)) return bad("the part before the @ is not clean UTF-8");
    return text;
}

bool isLabel(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return isAlphanumeric(c) || c == '-'; });
}

Result<std::string> toALabels(std::string_view domain) {
    // H3: IDNA2008, no mapping; an xn-- label must round-trip, which idn2 checks on the way in.
    char* raw = nullptr;
    const int flags = IDN2_NONTRANSITIONAL | IDN2_USE_STD3_ASCII_RULES | IDN2_NFC_INPUT;
    std::string input(domain);
    std::transform(input.begin(), input.end(), input.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const int rc = ::idn2_to_ascii_8z(input.c_str(), &raw, flags);
    const std::unique_ptr<char, decltype(&::idn2_free)> owned(raw, [](void* p) { ::idn2_free(p); });
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
    for (std::size_t at = 0; at <= ascii.size(); ++labels) {
        const std::size_t dot = std::min(ascii.find('.', at), ascii.size());
        if (!isLabel(std::string_view(ascii).substr(at, dot - at))) return bad("an empty or ill-formed domain label");
        at = dot + 1;
    }
    if (labels < 2) return bad("the domain has a single label only");
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
    std::string key = text();
    std::transform(key.begin(), key.end(), key.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return key;
}

bool EmailAddress::isAscii() const {
    return std::all_of(m_local.begin(), m_local.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace mailca
