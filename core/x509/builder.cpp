#include "core/x509/builder.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "core/crypto/hash.h"
#include "core/x509/der.h"
#include "core/x509/extensions.h"
#include "core/x509/facts.h"

namespace mailca::x509 {
namespace {

constexpr std::size_t kMaxNamePart = 64;  // ub-organization-name, ub-common-name (RFC 5280 appendix A)

Result<Bytes> encodeNamePart(const char* oid, std::uint8_t tag, const std::string& value) {
    const bool clean =
        std::none_of(value.begin(), value.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; });
    const auto characters = std::count_if(value.begin(), value.end(),
                                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    if (!clean || static_cast<std::size_t>(characters) > kMaxNamePart) {
        return fail(ErrorKind::Malformed, "a part of a name is longer than 64 characters or holds control characters");
    }
    TRY(const Bytes type, der::oid(oid));
    const Bytes attribute = der::sequence({type, der::text(tag, value)});
    return der::tagged(der::kSet, attribute);
}

Result<Bytes> nameBytes(const Name& name) {
    if (const auto* parts = std::get_if<NameParts>(&name)) return encodeName(*parts);
    const Bytes& whole = std::get<Bytes>(name);
    if (!der::isOne(der::kSequence, whole)) return fail(ErrorKind::Malformed, "not the DER of a name");
    return whole;
}

Result<Bytes> encodeEntryExtensions(const std::optional<int>& reason) {
    if (!reason) return Bytes();
    if (*reason < 1 || *reason > 10 || *reason == 7) {  // 0 is left out (D50), 7 is unused
        return fail(ErrorKind::BadRevocationReason, "no reason code that may stand in a CRL");
    }
    const std::uint8_t code = static_cast<std::uint8_t>(*reason);
    TRY(const Bytes extension,
        encodeExtension("2.5.29.21", Criticality::NotCritical, der::tagged(der::kEnumerated, {&code, 1})));
    return der::sequence({extension});
}

// The content of revokedCertificates. What an entry has in common with the one before it, as among a million of one
// incident, is encoded once.
Result<Bytes> encodeRevoked(const std::vector<RevokedEntry>& entries) {
    constexpr std::size_t kMostOfAnEntry = 56;  // 20 octets of serial number, a UTCTime, a reason
    Bytes out;
    out.reserve(entries.size() * kMostOfAnEntry);
    const RevokedEntry* last = nullptr;
    Bytes at, extensions;
    for (const RevokedEntry& entry : entries) {
        if (last == nullptr || entry.at != last->at) {
            TRY(at, der::time(entry.at));
        }
        if (last == nullptr || entry.reason != last->reason) {
            TRY(extensions, encodeEntryExtensions(entry.reason));
        }
        der::append(out, der::sequence({der::unsignedInteger(entry.serial.bytes()), at, extensions}));
        last = &entry;
    }
    return out;
}

Result<Bytes> encodeCrlExtensions(const CrlFields& fields) {
    Bytes all;
    if (!fields.authorityKeyId.empty()) {
        TRY(const Bytes authority, encodeAuthorityKeyId(fields.authorityKeyId));
        der::append(all, authority);
    }
    TRY(const Bytes number, encodeExtension("2.5.29.20", Criticality::NotCritical, der::smallInteger(fields.number)));
    der::append(all, number);
    if (!fields.distributionPoint.empty()) {
        TRY(const Bytes point, encodeFullName({fields.distributionPoint}));
        TRY(const Bytes idp, encodeExtension("2.5.29.28", Criticality::Critical, der::sequence({point})));
        der::append(all, idp);
    }
    return der::tagged(der::constructed(0), der::tagged(der::kSequence, all));
}

}  // namespace

Result<Bytes> encodeName(const NameParts& parts) {
    Bytes all;
    if (!parts.country.empty()) {
        const bool letters =
            std::all_of(parts.country.begin(), parts.country.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
        if (parts.country.size() != 2 || !letters) {
            return fail(ErrorKind::Malformed, "a country is two capital letters (ISO 3166)");
        }
        TRY(const Bytes country, encodeNamePart("2.5.4.6", der::kPrintableString, parts.country));
        der::append(all, country);
    }
    if (!parts.organization.empty()) {
        TRY(const Bytes organization, encodeNamePart("2.5.4.10", der::kUtf8String, parts.organization));
        der::append(all, organization);
    }
    if (!parts.commonName.empty()) {
        TRY(const Bytes commonName, encodeNamePart("2.5.4.3", der::kUtf8String, parts.commonName));
        der::append(all, commonName);
    }
    return der::tagged(der::kSequence, all);
}

Result<Bytes> encodeTbsCertificate(const CertificateFields& fields) {
    TRY(const Bytes issuer, nameBytes(fields.issuer));
    TRY(const Bytes subject, nameBytes(fields.subject));
    TRY(const Bytes notBefore, der::time(fields.notBefore));
    TRY(const Bytes notAfter, der::time(fields.notAfter));
    const bool nameless = subject.size() == 2;  // an empty SEQUENCE
    TRY(const Bytes extensions, encodeExtensions(fields, nameless ? Criticality::Critical : Criticality::NotCritical));
    return der::sequence({der::tagged(der::constructed(0), der::smallInteger(2)),  // v3
                          der::unsignedInteger(fields.serial.bytes()), encodeAlgorithm(fields.signature), issuer,
                          der::sequence({notBefore, notAfter}), subject, fields.key.spki(),
                          der::tagged(der::constructed(3), extensions)});
}

Result<Bytes> encodeTbsCrl(const CrlFields& fields) {
    if (!der::isOne(der::kSequence, fields.issuerDer)) return fail(ErrorKind::Malformed, "not the DER of a name");
    TRY(const Bytes thisUpdate, der::time(fields.thisUpdate));
    TRY(const Bytes nextUpdate, der::time(fields.nextUpdate));
    TRY(Bytes revoked, encodeRevoked(fields.revoked));
    if (!revoked.empty()) revoked = der::tagged(der::kSequence, revoked);
    TRY(const Bytes extensions, encodeCrlExtensions(fields));
    return der::sequence({der::smallInteger(1),  // v2
                          encodeAlgorithm(fields.signature), fields.issuerDer, thisUpdate, nextUpdate, revoked,
                          extensions});
}

Result<Bytes> assemble(ByteView tbs, crypto::SignatureAlgorithm algorithm, ByteView signature) {
    if (!der::isOne(der::kSequence, tbs) || signature.empty()) {
        return fail(ErrorKind::Malformed, "nothing to be put together: the signed part or the signature is missing");
    }
    return der::sequence({tbs, encodeAlgorithm(algorithm), der::bitString(signature)});
}

Bytes encodeAlgorithm(crypto::SignatureAlgorithm algorithm) {
    using Algorithm = crypto::SignatureAlgorithm;
    const auto rsa = [](std::uint8_t last) {
        return Bytes{0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, last, 0x05, 0x00};
    };
    const auto ecdsa = [](std::uint8_t last) {
        return Bytes{0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, last};
    };
    switch (algorithm) {
        case Algorithm::RsaSha256:
            return rsa(0x0B);
        case Algorithm::RsaSha384:
            return rsa(0x0C);
        case Algorithm::RsaSha512:
            return rsa(0x0D);
        case Algorithm::EcdsaSha256:
            return ecdsa(0x02);
        case Algorithm::EcdsaSha384:
            return ecdsa(0x03);
        case Algorithm::EcdsaSha512:
            return ecdsa(0x04);
        case Algorithm::Sm2Sm3:  // without parameters, as OpenSSL has it (I5)
            return {0x30, 0x0A, 0x06, 0x08, 0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75};
        case Algorithm::Ed25519:
            break;
    }
    return {0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70};
}

std::optional<crypto::SignatureAlgorithm> signatureAlgorithmOf(ByteView algorithm) {
    using Algorithm = crypto::SignatureAlgorithm;
    for (const Algorithm one :
         {Algorithm::EcdsaSha256, Algorithm::RsaSha256, Algorithm::EcdsaSha384, Algorithm::RsaSha384,
          Algorithm::RsaSha512, Algorithm::EcdsaSha512, Algorithm::Ed25519, Algorithm::Sm2Sm3}) {
        if (std::ranges::equal(encodeAlgorithm(one), algorithm)) return one;
    }
    // GM/T 0015's examples have a NULL behind it (I5).
    static constexpr std::array<std::uint8_t, 14> kSm2WithNull{0x30, 0x0C, 0x06, 0x08, 0x2A, 0x81, 0x1C,
                                                               0xCF, 0x55, 0x01, 0x83, 0x75, 0x05, 0x00};
    return std::ranges::equal(kSm2WithNull, algorithm) ? std::optional(Algorithm::Sm2Sm3) : std::nullopt;
}

Bytes keyIdentifier(const crypto::PublicKey& key) {
    const auto bits = der::subjectKeyBits(key.spki());
    if (!bits) throw std::logic_error("a public key whose SubjectPublicKeyInfo is none");
    return crypto::sha1(*bits);
}

}  // namespace mailca::x509
