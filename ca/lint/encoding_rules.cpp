// How things are written down: what DER and RFC 5280's ASN.1 leave no choice about, beyond what the readers of
// ca/lint/der.h refuse by themselves.
#include <algorithm>
#include <array>

#include "ca/lint/rules.h"

namespace mailca::ca::lint {
namespace {

using Found = std::optional<std::string>;

constexpr std::size_t kMaxNameCharacters = 64;  // RFC 5280 appendix A: ub-common-name, ub-organization-name

// Characters of UTF-8; nullopt: it is none.
std::optional<std::size_t> characters(std::string_view text) {
    std::size_t count = 0;
    while (!text.empty()) {
        const auto lead = static_cast<unsigned char>(text.front());
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || length > text.size()) return std::nullopt;
        const auto follows = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; };
        if (!std::ranges::all_of(text.substr(1, length - 1), follows)) return std::nullopt;
        text.remove_prefix(length);
        ++count;
    }
    return count;
}

bool isPrintable(std::string_view text) {
    constexpr std::string_view kSpecials = " '()+,-./:=?";
    return std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kSpecials.find(c) != std::string_view::npos;
    });
}

bool isCountry(const NamePart& part) {
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    return part.tag == tag::kPrintableString && part.value.size() == 2 && std::ranges::all_of(part.value, capital);
}

bool isDirectoryString(const NamePart& part) {
    if (part.tag == tag::kPrintableString) return isPrintable(part.value);
    return part.tag == tag::kUtf8String && characters(part.value).has_value();
}

Found serialEncoding(const Inspected& it, const CertificateContext&) {
    if (isMinimalInteger(it.tbs.serial)) return {};
    return "the serial number " + toHex(it.tbs.serial) + " has an octet more than it needs";
}

Found nameStrings(const Inspected& it, const CertificateContext&) {
    const auto parts = readName(it.tbs.subject);
    if (!parts) return "the subject is no list of single attributes";
    for (const NamePart& part : *parts) {
        const bool good = part.oid == oid::kCountry ? isCountry(part) : isDirectoryString(part);
        if (!good)
            return "the subject's " + part.oid + " (" + toHex(asBytes(part.value)) + ") is no string of its type";
    }
    return {};
}

Found nameLengths(const Inspected& it, const CertificateContext&) {
    for (const NamePart& part : readName(it.tbs.subject).value_or(std::vector<NamePart>{})) {
        const std::size_t length = characters(part.value).value_or(0);
        if (length == 0 || length > kMaxNameCharacters)
            return "the subject's " + part.oid + " has " + std::to_string(length) + " characters, not 1 to 64";
    }
    return {};
}

// KeyUsage ::= BIT STRING of 9 named bits: no zero bits behind the last one that is set, and one is.
Found keyUsageEncoding(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kKeyUsage);
    if (extension == nullptr) return {};
    const auto bits = readOne(extension->value, tag::kBitString);
    const std::size_t octets = bits ? bits->content.size() : 0;
    if (octets == 2 || octets == 3) {
        const unsigned unused = bits->content.front(), last = bits->content.back();
        const bool shortest = unused < 8 && (last >> unused & 1U) == 1 && (last & ((1U << unused) - 1)) == 0;
        if (shortest && (octets == 2 || unused == 7)) return {};
    }
    return "keyUsage (" + toHex(extension->value) + ") is not written with the fewest bits, one to nine";
}

// RFC 1035 section 2.3.4.
bool isHost(std::string_view host) {
    if (host.size() > 253) return false;
    while (true) {
        const std::string_view label = host.substr(0, host.find('.'));
        if (label.empty() || label.size() > 63 || label.find('@') != std::string_view::npos) return false;
        if (label.size() == host.size()) return true;
        host.remove_prefix(label.size() + 1);
    }
}

bool isUrl(std::string_view text) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return false;
    const std::string_view rest = text.substr(scheme + 3);
    const std::string_view host = rest.substr(0, rest.find_first_of("/:?#"));
    const auto graphic = [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\'; };
    return isHost(host) && std::ranges::all_of(text, graphic);
}

// Every URI of the certificate, wherever it stands: GeneralName's [6], and the IA5String of a cPSuri.
void collectUris(ByteView bytes, std::vector<std::string_view>& out) {
    for (const Element& element : readElements(bytes).value_or(std::vector<Element>{})) {
        if (element.tag == tag::primitive(6) || element.tag == tag::kIa5String) {
            out.push_back(asText(element.content));
        } else if ((element.tag & 0x20U) != 0) {
            collectUris(element.content, out);
        }
    }
}

Found urlForm(const Inspected& it, const CertificateContext&) {
    std::vector<std::string_view> uris;
    for (const std::string_view id : {oid::kCrlDistributionPoints, oid::kAuthorityInfoAccess, oid::kPolicies}) {
        const RawExtension* extension = it.tbs.extension(id);
        if (extension != nullptr) collectUris(extension->value, uris);
    }
    for (const std::string_view uri : uris) {
        if (!isUrl(uri)) return quoted(uri) + " is no absolute URL with a host, in ASCII";
    }
    return {};
}

// SMIMECapabilities ::= SEQUENCE OF SEQUENCE { capabilityID OID, parameters ANY OPTIONAL }, none twice.
Found smimeCapabilities(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kSmimeCapabilities);
    if (extension == nullptr) return {};
    const auto list = readInside(extension->value, tag::kSequence);
    if (!list || list->empty()) return "smimeCapabilities (" + toHex(extension->value) + ") is no list";
    std::vector<std::string> seen;
    for (const Element& one : *list) {
        const auto parts = readElements(one.content);
        const bool good = one.tag == tag::kSequence && parts && !parts->empty() && parts->size() <= 2 &&
                          parts->front().tag == tag::kOid && !oidText(parts->front().content).empty();
        if (!good) return "smimeCapabilities holds " + toHex(one.whole) + ", which is none";
        if (std::ranges::find(seen, toHex(one.whole)) != seen.end())
            return "smimeCapabilities holds " + toHex(one.whole) + " twice";
        seen.push_back(toHex(one.whole));
    }
    return {};
}

constexpr std::array kRules{
    Rule{"serial-encoding", "X.690 8.3.2", kAllKinds, serialEncoding},
    Rule{"name-strings", "RFC 5280 4.1.2.4, appendix A", kAllKinds, nameStrings},
    Rule{"name-lengths", "RFC 5280 appendix A", kAllKinds, nameLengths},
    Rule{"key-usage-encoding", "X.690 11.2.2, RFC 5280 4.2.1.3", kAllKinds, keyUsageEncoding},
    Rule{"url-form", "RFC 5280 4.2.1.6, D16-D18", kAllKinds, urlForm},
    Rule{"smime-capabilities", "D23, RFC 8551 2.5.2", kSubscribers, smimeCapabilities},
};

}  // namespace

bool isMinimalInteger(ByteView content) {
    if (content.size() < 2) return !content.empty();
    const bool sign = (content[1] & 0x80U) != 0;
    return !(content[0] == 0x00 && !sign) && !(content[0] == 0xFF && sign);
}

std::span<const Rule> encodingRules() {
    return kRules;
}

}  // namespace mailca::ca::lint
