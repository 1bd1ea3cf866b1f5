#include "core/x509/der.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "core/crypto/openssl.h"

namespace mailca::x509::der {
namespace {

void appendHeader(Bytes& out, std::uint8_t tag, std::size_t length) {
    out.push_back(tag);
    if (length < 0x80) {
        out.push_back(static_cast<std::uint8_t>(length));
        return;
    }
    std::size_t octets = 1;
    while (length >> (8 * octets) != 0) ++octets;
    out.push_back(static_cast<std::uint8_t>(0x80 | octets));
    for (; octets > 0; --octets) out.push_back(static_cast<std::uint8_t>(length >> (8 * (octets - 1)) & 0xFF));
}

// The first value of `bytes`, header and content.
struct Piece {
    ByteView whole, content;
};
std::optional<Piece> firstOf(ByteView bytes) {
    if (bytes.empty()) return std::nullopt;
    const unsigned char* at = bytes.data();
    long length = 0;
    int tag = 0, tagClass = 0;
    const int flags = ::ASN1_get_object(&at, &length, &tag, &tagClass, static_cast<long>(bytes.size()));
    if ((flags & 0x80) != 0 || (flags & 0x01) != 0) {  // 0x80: ill-formed; 0x01: indefinite length, which is not DER
        crypto::dropOpensslErrors();
        return std::nullopt;
    }
    const std::size_t header = static_cast<std::size_t>(at - bytes.data());
    const ByteView whole = bytes.first(header + static_cast<std::size_t>(length));
    return Piece{whole, whole.subspan(header)};
}

// What a BIT STRING of whole octets holds; nothing may stand behind it.
std::optional<ByteView> wholeOctets(ByteView bytes) {
    const auto bits = firstOf(bytes);
    const bool alone = bits && bytes.front() == kBitString && bits->whole.size() == bytes.size();
    if (!alone || bits->content.empty() || bits->content.front() != 0) return std::nullopt;  // 0: no unused bits
    return bits->content.subspan(1);
}

int yearOf(Time time) {
    return static_cast<int>(std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(time)}.year());
}

// "20261123184200Z"
std::string digitsOf(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    const int year = yearOf(time);
    if (year < 0 || year > 9999) throw std::out_of_range("a time that has no four digits for its year");
    std::array<char, 32> digits{};
    const int length = std::snprintf(digits.data(), digits.size(), "%04d%02u%02u%02d%02d%02dZ", year,
                                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                     static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                                     static_cast<int>(clock.seconds().count()));
    return {digits.data(), static_cast<std::size_t>(length)};
}

}  // namespace

Bytes tagged(std::uint8_t tag, ByteView content) {
    return around(tag, {content});
}

Bytes around(std::uint8_t tag, std::initializer_list<ByteView> parts) {
    std::size_t length = 0;
    for (const ByteView part : parts) length += part.size();
    Bytes out;
    out.reserve(length + 6);
    appendHeader(out, tag, length);
    for (const ByteView part : parts) append(out, part);
    return out;
}

void append(Bytes& to, ByteView part) {
    to.insert(to.end(), part.begin(), part.end());
}

Bytes setOf(std::vector<Bytes> parts, std::uint8_t tag) {
    std::ranges::sort(parts);
    Bytes content;
    for (const Bytes& part : parts) append(content, part);
    return tagged(tag, content);
}

Bytes unsignedInteger(ByteView bigEndian) {
    const auto first = std::find_if(bigEndian.begin(), bigEndian.end(), [](std::uint8_t octet) { return octet != 0; });
    Bytes content(first, bigEndian.end());
    if (content.empty() || content.front() > 0x7F) content.insert(content.begin(), 0);
    return tagged(kInteger, content);
}

Bytes smallInteger(std::uint64_t value) {
    std::array<std::uint8_t, 8> octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
    return unsignedInteger(octets);
}

Bytes bitString(ByteView octets) {
    static constexpr std::array<std::uint8_t, 1> kNoUnusedBits{0};
    return around(kBitString, {kNoUnusedBits, octets});
}

Bytes namedBits(unsigned bits) {
    Bytes content{0};
    for (unsigned bit = 0; bit < 32; ++bit) {
        if ((bits >> bit & 1u) == 0) continue;
        content.resize(std::max<std::size_t>(content.size(), 2 + bit / 8), 0);
        content[1 + bit / 8] = static_cast<std::uint8_t>(content[1 + bit / 8] | (0x80u >> (bit % 8)));
        content[0] = static_cast<std::uint8_t>(7 - bit % 8);
    }
    return tagged(kBitString, content);
}

Bytes generalizedTime(Time time) {
    return text(kGeneralizedTime, digitsOf(time));
}

Result<Bytes> time(Time time) {
    const int year = yearOf(time);
    if (year < 1950 || year > 9999) return fail(ErrorKind::Malformed, "a date must lie in the years 1950 to 9999");
    return year <= 2049 ? text(kUtcTime, digitsOf(time).substr(2)) : generalizedTime(time);
}

Result<Bytes> oid(std::string_view dotted) {
    const crypto::Owned<ASN1_OBJECT, ::ASN1_OBJECT_free> object(::OBJ_txt2obj(std::string(dotted).c_str(), 1));
    if (object == nullptr) {
        crypto::dropOpensslErrors();
        return fail(ErrorKind::Malformed, "\"" + std::string(dotted) + "\" is not an object identifier");
    }
    return tagged(kOid, {::OBJ_get0_data(object.get()), ::OBJ_length(object.get())});
}

bool isOne(std::uint8_t tag, ByteView bytes) {
    const auto piece = firstOf(bytes);
    return piece && bytes.front() == tag && piece->whole.size() == bytes.size();
}

std::optional<SignedParts> splitSigned(ByteView der) {
    const auto outer = firstOf(der);
    if (!outer || der.front() != kSequence || outer->whole.size() != der.size()) return std::nullopt;
    const auto tbs = firstOf(outer->content);
    if (!tbs) return std::nullopt;
    const ByteView behind = outer->content.subspan(tbs->whole.size());
    const auto algorithm = firstOf(behind);
    if (!algorithm) return std::nullopt;
    const auto signature = wholeOctets(behind.subspan(algorithm->whole.size()));
    if (!signature) return std::nullopt;
    return SignedParts{tbs->whole, algorithm->whole, *signature};
}

std::optional<ByteView> subjectKeyBits(ByteView spki) {
    const auto outer = firstOf(spki);
    if (!outer || spki.front() != kSequence || outer->whole.size() != spki.size()) return std::nullopt;
    const auto algorithm = firstOf(outer->content);
    if (!algorithm) return std::nullopt;
    return wholeOctets(outer->content.subspan(algorithm->whole.size()));
}

std::optional<ByteView> findSignatureAlgorithm(ByteView tbs) {
    const auto outer = firstOf(tbs);
    ByteView rest = outer ? outer->content : ByteView();
    while (const auto field = firstOf(rest)) {
        if (rest.front() == kSequence) return field->whole;
        rest = rest.subspan(field->whole.size());
    }
    return std::nullopt;
}

std::optional<ByteView> findSubjectPublicKeyInfo(ByteView certificate) {
    static constexpr int kFieldsBefore = 6;  // version, serialNumber, signature, issuer, validity, subject
    const auto parts = splitSigned(certificate);
    if (!parts || parts->tbs.front() != kSequence) return std::nullopt;
    ByteView rest = firstOf(parts->tbs)->content;
    for (int field = 0; field < kFieldsBefore; ++field) {
        const auto skipped = firstOf(rest);
        if (!skipped) return std::nullopt;
        rest = rest.subspan(skipped->whole.size());
    }
    const auto key = firstOf(rest);
    if (!key || rest.front() != kSequence) return std::nullopt;
    return key->whole;
}

}  // namespace mailca::x509::der
