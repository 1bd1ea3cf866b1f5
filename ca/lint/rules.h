// The rooms of the lint tables: each file of rules hands out its part.
#pragma once

#include <span>

#include "ca/lint/lint.h"

namespace mailca::ca::lint {

std::span<const Rule> frameRules();      // version, serial, algorithms, validity, extensions as a whole
std::span<const Rule> nameRules();       // issuer, subject, subjectAltName
std::span<const Rule> keyRules();        // the subject's public key
std::span<const Rule> encodingRules();   // strings, numbers, bits and URLs as DER and RFC 5280 want them
std::span<const Rule> usageRules();      // basicConstraints, keyUsage, extKeyUsage, policies
std::span<const Rule> pointerRules();    // where to find CRL and issuer, key identifiers
std::span<const Rule> unitRules();       // what a unit of the timestamping service is
std::span<const Rule> responderRules();  // what an OCSP responder is

// D11: may this AlgorithmIdentifier stand under a signature by a key of this type?
bool isSignatureAlgorithmOf(crypto::KeyType key, ByteView algorithm);
// D22: the extension's value is a keyIdentifier and nothing else, and it is this one.
bool isKeyIdOnly(const RawExtension& authorityKeyId, ByteView expected);
// May this CRLReason stand in a CRL or an OCSP response? unspecified(0), certificateHold(6), 7 and removeFromCRL(8)
// never do (D50, F5).
bool isReasonCode(ByteView content);
// X.690 section 8.3.2: the content of an INTEGER with no octet too many.
bool isMinimalInteger(ByteView content);
// What a finding says of an algorithm that may not stand there, and of a time that is not UTCTime through 2049 or
// GeneralizedTime from 2050, in Zulu with seconds.
std::string notOf(crypto::KeyType issuer, ByteView algorithm);
std::string illFormedTime(const Element& time);
// What a finding shows of the defect: text in quotation marks; "X is missing" and "X is not critical".
std::string quoted(std::string_view text);
std::optional<std::string> unlessCritical(const RawExtension* extension, const std::string& name);
bool isOneOf(std::string_view oid, std::initializer_list<std::string_view> oids);

}  // namespace mailca::ca::lint
