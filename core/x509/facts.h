// What certificates, requests and CRLs have in common, taken from OpenSSL's objects. Internal to core/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/crypto/openssl.h"
#include "core/ids.h"
#include "core/x509/certificate.h"

namespace mailca::x509 {

inline constexpr std::string_view kSmtpUtf8Mailbox = "1.3.6.1.5.5.7.8.9";  // RFC 9598

inline ByteView octetsOf(const ASN1_STRING* text) {
    return {::ASN1_STRING_get0_data(text), static_cast<std::size_t>(::ASN1_STRING_length(text))};
}
std::string dotted(const ASN1_OBJECT* object);
std::optional<Time> timeOf(const ASN1_TIME* time);
std::optional<Serial> serialOf(const ASN1_INTEGER* number);  // nullopt: not positive, or longer than 20 octets
std::string textOf(const X509_NAME* name);                   // RFC 2253

// The extensions as they stand; Parse when one of them stands twice (RFC 5280 section 4.2).
Result<std::vector<Extension>> extensionsOf(const STACK_OF(X509_EXTENSION) * stack);
const Extension* findExtension(const std::vector<Extension>& all, std::string_view oid);

struct AlternativeNames {
    std::vector<std::string> emails;  // rfc822Name
    std::vector<std::string> utf8Mailboxes;
    std::vector<std::string> dnsNames;
    bool others = false;
};
// The content of a subjectAltName extension.
Result<AlternativeNames> parseAlternativeNames(ByteView value);
Result<unsigned> parseKeyUsage(ByteView value);
// The signature of SEQUENCE { tbs, algorithm, signature } on the bytes as they stand: how everything that we sign with
// ourselves is verified, since OpenSSL has no way to tell it the identifier of SM2 for a CRL (standards I9). nullopt:
// the algorithm is none of ours, or none for this key, which OpenSSL may still know.
std::optional<bool> verifySigned(ByteView der, const crypto::PublicKey& key);
// The URIs among general names.
std::vector<std::string> urisOf(const GENERAL_NAMES* names);

}  // namespace mailca::x509
