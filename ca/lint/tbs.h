// A to-be-signed certificate or CRL, taken apart at its seams (RFC 5280 sections 4.1 and 5.1): facts, no judgement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/lint/der.h"
#include "core/result.h"

namespace mailca::ca::lint {

namespace oid {
inline constexpr std::string_view kSubjectKeyId = "2.5.29.14", kKeyUsage = "2.5.29.15", kSubjectAltName = "2.5.29.17",
                                  kPrivateKeyUsage = "2.5.29.16", kBasicConstraints = "2.5.29.19",
                                  kCrlNumber = "2.5.29.20", kReasonCode = "2.5.29.21", kInvalidityDate = "2.5.29.24",
                                  kIssuingDistributionPoint = "2.5.29.28", kCrlDistributionPoints = "2.5.29.31",
                                  kPolicies = "2.5.29.32", kAuthorityKeyId = "2.5.29.35",
                                  kExtendedKeyUsage = "2.5.29.37", kAuthorityInfoAccess = "1.3.6.1.5.5.7.1.1",
                                  kSmimeCapabilities = "1.2.840.113549.1.9.15", kSmtpUtf8Mailbox = "1.3.6.1.5.5.7.8.9",
                                  kCpsQualifier = "1.3.6.1.5.5.7.2.1", kCaIssuers = "1.3.6.1.5.5.7.48.2",
                                  kOcsp = "1.3.6.1.5.5.7.48.1", kOcspSigning = "1.3.6.1.5.5.7.3.9",
                                  kOcspNonce = "1.3.6.1.5.5.7.48.1.2", kOcspNoCheck = "1.3.6.1.5.5.7.48.1.5";
inline constexpr std::string_view kCountry = "2.5.4.6", kOrganization = "2.5.4.10", kCommonName = "2.5.4.3";
}  // namespace oid

struct RawExtension {
    std::string oid;
    bool critical = false;
    ByteView value;
};
const RawExtension* findExtension(const std::vector<RawExtension>& extensions, std::string_view oid);
// Extensions ::= SEQUENCE OF; a `critical FALSE` written out (X.690 section 11.5) is refused.
std::optional<std::vector<RawExtension>> readExtensions(ByteView sequence);

struct TbsCertificate {
    std::optional<std::uint8_t> version;  // as encoded: 2 means v3
    ByteView serial;                      // content octets
    ByteView signature;                   // the AlgorithmIdentifier
    ByteView issuer;
    Element notBefore, notAfter;
    ByteView subject;
    ByteView publicKey;  // SubjectPublicKeyInfo
    bool hasUniqueIds = false;
    std::vector<RawExtension> extensions;

    static Result<TbsCertificate> parse(ByteView tbs);  // Lint
    const RawExtension* extension(std::string_view oid) const { return findExtension(extensions, oid); }
};

// An entry of revokedCertificates.
struct RevokedCertificate {
    ByteView serial;
    Element at;
    std::vector<RawExtension> extensions;
};

// revokedCertificates, read anew at every walk: a million entries taken apart are ten times their octets.
class RevokedCertificates final {
 public:
    RevokedCertificates() = default;
    // nullopt unless all of the content is entries.
    static std::optional<RevokedCertificates> parse(ByteView content);

    class Iterator final {
     public:
        explicit Iterator(ByteView rest) : m_rest(rest) {}
        RevokedCertificate operator*() const;
        Iterator& operator++();
        bool operator==(const Iterator& other) const { return m_rest.size() == other.m_rest.size(); }

     private:
        ByteView m_rest;
    };
    Iterator begin() const { return Iterator(m_content); }
    Iterator end() const { return Iterator(ByteView()); }
    bool empty() const { return m_content.empty(); }

 private:
    explicit RevokedCertificates(ByteView content) : m_content(content) {}
    ByteView m_content;
};

struct TbsCrl {
    std::optional<std::uint8_t> version;  // as encoded: 1 means v2
    ByteView signature;
    ByteView issuer;
    Element thisUpdate;
    std::optional<Element> nextUpdate;
    bool hasRevokedList = false;
    RevokedCertificates revoked;
    std::vector<RawExtension> extensions;

    static Result<TbsCrl> parse(ByteView tbs);  // Lint
    const RawExtension* extension(std::string_view oid) const { return findExtension(extensions, oid); }
};

struct NamePart {
    std::string oid;
    std::string value;
    std::uint8_t tag = 0;  // of the value
};
// The attributes of a Name in their order; nullopt when it is not one, or an RDN holds several.
std::optional<std::vector<NamePart>> readName(ByteView name);

}  // namespace mailca::ca::lint
