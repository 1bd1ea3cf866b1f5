// A plain writer of DER (X.690), and the splitting of what it is put into. For core/ and for rooms that write a format
// of their own.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/clock.h"

namespace mailca::x509::der {

inline constexpr std::uint8_t kBoolean = 0x01, kInteger = 0x02, kBitString = 0x03, kOctetString = 0x04, kNull = 0x05,
                              kOid = 0x06, kEnumerated = 0x0A, kUtf8String = 0x0C, kPrintableString = 0x13,
                              kIa5String = 0x16, kUtcTime = 0x17, kGeneralizedTime = 0x18, kSequence = 0x30,
                              kSet = 0x31;
// Context-specific tags: [n] around a constructed value, [n] in place of a primitive one.
constexpr std::uint8_t constructed(unsigned n) {
    return static_cast<std::uint8_t>(0xA0 | n);
}
constexpr std::uint8_t primitive(unsigned n) {
    return static_cast<std::uint8_t>(0x80 | n);
}

Bytes tagged(std::uint8_t tag, ByteView content);
inline Bytes text(std::uint8_t tag, std::string_view content) {
    return tagged(tag, asBytes(content));
}
// All the parts, one behind the other, under one tag.
Bytes around(std::uint8_t tag, std::initializer_list<ByteView> parts);
inline Bytes sequence(std::initializer_list<ByteView> parts) {
    return around(kSequence, parts);
}
void append(Bytes& to, ByteView part);
Bytes setOf(std::vector<Bytes> parts, std::uint8_t tag = kSet);  // in the order of X.690 section 11.6

Bytes unsignedInteger(ByteView bigEndian);  // leading zero octets as DER wants them
Bytes smallInteger(std::uint64_t value);
Bytes bitString(ByteView octets);
Bytes namedBits(unsigned bits);  // bit 0 first, trailing zero bits cut off
// UTCTime through 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5); Malformed outside the years 1950 to 9999.
Result<Bytes> time(Time time);
// GeneralizedTime whatever the year, as OCSP and timestamps want it. Throws std::out_of_range outside the years 0 to
// 9999.
Bytes generalizedTime(Time time);
Result<Bytes> oid(std::string_view dotted);  // Malformed when it is no OID

// The whole of `bytes` is one value with this tag.
bool isOne(std::uint8_t tag, ByteView bytes);
// SEQUENCE { tbs, AlgorithmIdentifier, BIT STRING } as it stands; nullopt when it is none.
struct SignedParts {
    ByteView tbs, algorithm, signature;  // signature: the octets in the BIT STRING
};
std::optional<SignedParts> splitSigned(ByteView der);
// The key's octets in the BIT STRING of a SubjectPublicKeyInfo; nullopt when it is none.
std::optional<ByteView> subjectKeyBits(ByteView spki);

// The AlgorithmIdentifier inside a to-be-signed certificate or CRL, the first SEQUENCE of either (RFC 5280 sections 4.1
// and 5.1); nullopt when there is none.
std::optional<ByteView> findSignatureAlgorithm(ByteView tbs);
// The SubjectPublicKeyInfo of a certificate as it stands (RFC 5280 section 4.1); nullopt when it is no certificate.
std::optional<ByteView> findSubjectPublicKeyInfo(ByteView certificate);

}  // namespace mailca::x509::der
