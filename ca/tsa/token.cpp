#include "ca/tsa/token.h"

#include <stdexcept>

#include "core/crypto/hash.h"
#include "core/x509/builder.h"
#include "core/x509/der.h"

namespace mailca::ca::tsa {
namespace {

namespace der = x509::der;
using crypto::SignatureAlgorithm;

constexpr std::string_view kTstInfo = "1.2.840.113549.1.9.16.1.4";  // id-ct-TSTInfo

Bytes oid(std::string_view dotted) {
    auto out = der::oid(dotted);
    if (!out) throw std::logic_error(out.error().detail);
    return *std::move(out);
}

struct Digest {
    std::string_view oid;
    Bytes (*of)(ByteView data);
};
// Of what a unit's key signs with.
const Digest& digestOf(SignatureAlgorithm algorithm) {
    static constexpr Digest kSha256{"2.16.840.1.101.3.4.2.1", crypto::sha256};
    static constexpr Digest kSha384{"2.16.840.1.101.3.4.2.2", crypto::sha384};
    static constexpr Digest kSm3{"1.2.156.10197.1.401", crypto::sm3};
    switch (algorithm) {
        case SignatureAlgorithm::RsaSha256:
        case SignatureAlgorithm::EcdsaSha256:
            return kSha256;
        case SignatureAlgorithm::EcdsaSha384:
            return kSha384;
        case SignatureAlgorithm::Sm2Sm3:
            return kSm3;
        default:
            throw std::logic_error("a timestamping unit with a key that no ceremony makes");
    }
}

// RFC 3370 section 3.2: what every reader of RSA signatures knows.
Bytes signatureAlgorithm(SignatureAlgorithm algorithm) {
    if (algorithm != SignatureAlgorithm::RsaSha256) return x509::encodeAlgorithm(algorithm);
    return der::sequence({oid("1.2.840.113549.1.1.1"), der::tagged(der::kNull, {})});
}

Bytes attribute(std::string_view type, ByteView value) {
    return der::sequence({oid(type), der::tagged(der::kSet, value)});
}

// SigningCertificateV2 with one ESSCertIDv2: the signer's certificate by hash, issuer and serial number (E17). The hash
// is SHA-256, which is not written, but SM3 where the reader may know no other.
Bytes signingCertificate(const x509::Certificate& certificate) {
    const bool sm2 = certificate.publicKey().type() == crypto::KeyType::Sm2;
    const Bytes hashAlgorithm = sm2 ? der::sequence({oid("1.2.156.10197.1.401")}) : Bytes{};
    const Bytes hash = sm2 ? crypto::sm3(certificate.der()) : certificate.sha256();
    const Bytes issuer = der::sequence({der::tagged(der::constructed(4), certificate.issuerDer())});
    const Bytes issuerSerial = der::sequence({issuer, der::unsignedInteger(certificate.serial().bytes())});
    const Bytes id = der::sequence({hashAlgorithm, der::tagged(der::kOctetString, hash), issuerSerial});
    return der::sequence({der::sequence({id})});
}

// GeneralizedTime with as many digits of the second as are not zero at its end (E16).
Bytes encodeTime(Instant time) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    const Bytes whole = der::generalizedTime(second);
    std::string text(asText(ByteView(whole).subspan(2)));  // 20261123120000Z behind tag and length
    std::string fraction = std::to_string(1000 + (time - second).count()).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    if (!fraction.empty()) text.insert(text.size() - 1, "." + fraction);
    return der::text(der::kGeneralizedTime, text);
}

Bytes encodeAccuracy(milliseconds accuracy) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(accuracy);
    const auto millis = static_cast<std::uint64_t>((accuracy - whole).count());
    Bytes rest = millis > 0 ? der::smallInteger(millis) : Bytes{};
    if (!rest.empty()) rest.front() = der::primitive(0);  // implicit
    const Bytes seconds = whole.count() > 0 ? der::smallInteger(static_cast<std::uint64_t>(whole.count())) : Bytes{};
    return seconds.empty() && rest.empty() ? Bytes{} : der::sequence({seconds, rest});
}

}  // namespace

TokenWriter::TokenWriter(const TimestampUnit& unit, const crypto::PrivateKey& key)
    : m_unit(unit),
      m_key(key),
      m_algorithm(key.defaultAlgorithm()),
      m_digestAlgorithm(der::sequence({oid(digestOf(m_algorithm).oid)})),
      m_signatureAlgorithm(signatureAlgorithm(m_algorithm)),
      m_policy(oid(unit.policy())),
      m_signer(der::sequence({unit.certificate.issuerDer(), der::unsignedInteger(unit.certificate.serial().bytes())})),
      m_certificates(der::setOf({unit.certificate.der(), unit.issuer->certificate.der()}, der::constructed(0))),
      m_contentType(attribute("1.2.840.113549.1.9.3", oid(kTstInfo))),
      m_signingCertificate(attribute("1.2.840.113549.1.9.16.2.47", signingCertificate(unit.certificate))) {}

Bytes TokenWriter::tstInfo(const Query& query, const TokenFields& fields) const {
    return der::sequence({der::smallInteger(1), m_policy, query.imprint, der::unsignedInteger(fields.serial),
                          encodeTime(fields.time), encodeAccuracy(fields.accuracy), query.nonce});
}

Result<Bytes> TokenWriter::signerInfo(ByteView tstInfo) const {
    const Bytes digest = der::tagged(der::kOctetString, digestOf(m_algorithm).of(tstInfo));
    Bytes attributes = der::setOf({m_contentType, attribute("1.2.840.113549.1.9.4", digest), m_signingCertificate});
    TRY(const Bytes signature, m_key.sign(m_algorithm, attributes));  // over the SET (RFC 5652 section 5.4)
    attributes.front() = der::constructed(0);
    return der::sequence({der::smallInteger(1), m_signer, m_digestAlgorithm, attributes, m_signatureAlgorithm,
                          der::tagged(der::kOctetString, signature)});
}

Result<Bytes> TokenWriter::write(const Query& query, const TokenFields& fields) const {
    static const Bytes kSignedData = oid("1.2.840.113549.1.7.2"), kContentType = oid(kTstInfo);
    const Bytes info = tstInfo(query, fields);
    TRY(const Bytes signer, signerInfo(info));
    const Bytes content =
        der::sequence({kContentType, der::tagged(der::constructed(0), der::tagged(der::kOctetString, info))});
    const Bytes data = der::sequence({der::smallInteger(3), der::tagged(der::kSet, m_digestAlgorithm), content,
                                      query.certificates ? m_certificates : Bytes{}, der::tagged(der::kSet, signer)});
    return der::sequence({kSignedData, der::tagged(der::constructed(0), data)});
}

Bytes encodeGranted(ByteView token) {
    return der::sequence({der::sequence({der::smallInteger(0)}), token});
}

}  // namespace mailca::ca::tsa
