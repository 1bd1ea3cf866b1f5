#include "core/x509/crl.h"

#include <algorithm>

#include "core/x509/der.h"
#include "core/x509/facts.h"

namespace mailca::x509 {
namespace {

using CrlPtr = crypto::Owned<X509_CRL, ::X509_CRL_free>;
using IntegerPtr = crypto::Owned<ASN1_INTEGER, ::ASN1_INTEGER_free>;
using EnumeratedPtr = crypto::Owned<ASN1_ENUMERATED, ::ASN1_ENUMERATED_free>;
using PointPtr = crypto::Owned<ISSUING_DIST_POINT, ::ISSUING_DIST_POINT_free>;

constexpr std::string_view kNumber = "2.5.29.20", kReason = "2.5.29.21", kIssuingPoint = "2.5.29.28";

Error illFormed(const std::string& what) {
    return fail(ErrorKind::Parse, "not a usable CRL: " + what);
}

Result<RevokedEntry> entryOf(const X509_REVOKED* revoked) {
    const auto serial = serialOf(::X509_REVOKED_get0_serialNumber(revoked));
    const auto at = timeOf(::X509_REVOKED_get0_revocationDate(revoked));
    if (!serial || !at) return illFormed("an entry has no proper serial number or date");
    RevokedEntry out{*serial, *at, std::nullopt};
    TRY(const std::vector<Extension> extensions, extensionsOf(::X509_REVOKED_get0_extensions(revoked)));
    for (const Extension& extension : extensions) {
        if (extension.oid == kReason) {
            const auto code = crypto::decodeDer<EnumeratedPtr>(extension.value, ::d2i_ASN1_ENUMERATED);
            std::int64_t value = 0;
            if (code == nullptr || ::ASN1_ENUMERATED_get_int64(&value, code.get()) != 1 || value < 0 || value > 10) {
                return illFormed("the reason of an entry");
            }
            out.reason = static_cast<int>(value);
        } else if (extension.critical) {  // certificateIssuer: an indirect CRL
            return illFormed("an entry has the critical extension " + extension.oid);
        }
    }
    return out;
}

// A CRL whose scope is cut by anything but its distribution point must not be read as if it were whole (RFC 5280
// section 5.2.5).
Result<std::string> readPoint(const Extension& extension) {
    const auto point = crypto::decodeDer<PointPtr>(extension.value, ::d2i_ISSUING_DIST_POINT);
    if (point == nullptr) return illFormed("its issuingDistributionPoint");
    if (point->onlysomereasons != nullptr || point->indirectCRL != 0 || point->onlyattr != 0) {
        return illFormed("it covers some reasons only, other issuers or attribute certificates");
    }
    if (point->distpoint == nullptr || point->distpoint->type != 0) return std::string();
    const std::vector<std::string> urls = urisOf(point->distpoint->name.fullname);
    return urls.empty() ? std::string() : urls.front();
}

}  // namespace

struct Crl::Facts {
    Time thisUpdate;
    std::optional<Time> nextUpdate;
    std::optional<std::uint64_t> number;
    std::string distributionPoint;
    std::vector<RevokedEntry> revoked;

    Result<void> readExtension(const Extension& extension) {
        if (extension.oid == kIssuingPoint) {
            TRY(distributionPoint, readPoint(extension));
        } else if (extension.oid == kNumber) {
            const auto value = crypto::decodeDer<IntegerPtr>(extension.value, ::d2i_ASN1_INTEGER);
            if (value == nullptr) return illFormed("its cRLNumber");
            std::uint64_t read = 0;
            if (::ASN1_INTEGER_get_uint64(&read, value.get()) == 1) number = read;
            crypto::dropOpensslErrors();
        } else if (extension.critical) {  // deltaCRLIndicator, or something newer than we are
            return illFormed("it has the critical extension " + extension.oid);
        }
        return {};
    }
};

Crl::Crl(std::shared_ptr<X509_crl_st> crl, Bytes der, std::shared_ptr<const Facts> facts)
    : m_crl(std::move(crl)), m_der(std::move(der)), m_facts(std::move(facts)) {}

Result<Crl> Crl::fromDer(ByteView der) {
    CrlPtr crl = crypto::decodeDer<CrlPtr>(der, ::d2i_X509_CRL);
    if (crl == nullptr) return illFormed("the DER does not parse, or something stands behind it");
    Bytes copy(der.begin(), der.end());
    if (crypto::encodeDer(crl.get(), ::i2d_X509_CRL) != copy || !der::splitSigned(copy)) {
        return illFormed("it is BER, not DER");
    }
    Facts facts{};
    const auto thisUpdate = timeOf(::X509_CRL_get0_lastUpdate(crl.get()));
    facts.nextUpdate = timeOf(::X509_CRL_get0_nextUpdate(crl.get()));
    if (!thisUpdate || (!facts.nextUpdate && ::X509_CRL_get0_nextUpdate(crl.get()) != nullptr)) {
        return illFormed("thisUpdate or nextUpdate is no time");
    }
    facts.thisUpdate = *thisUpdate;
    TRY(const std::vector<Extension> extensions, extensionsOf(::X509_CRL_get0_extensions(crl.get())));
    for (const Extension& extension : extensions) TRY_VOID(facts.readExtension(extension));
    STACK_OF(X509_REVOKED)* const revoked = ::X509_CRL_get_REVOKED(crl.get());
    for (int i = 0; i < sk_X509_REVOKED_num(revoked); ++i) {
        TRY(RevokedEntry entry, entryOf(sk_X509_REVOKED_value(revoked, i)));
        facts.revoked.push_back(std::move(entry));
    }
    return Crl(std::shared_ptr<X509_CRL>(std::move(crl)), std::move(copy),
               std::make_shared<const Facts>(std::move(facts)));
}

Bytes Crl::tbs() const {
    const ByteView view = der::splitSigned(m_der)->tbs;
    return {view.begin(), view.end()};
}
Bytes Crl::issuerDer() const {
    return crypto::encodeDer(static_cast<const X509_NAME*>(::X509_CRL_get_issuer(m_crl.get())), ::i2d_X509_NAME);
}
Time Crl::thisUpdate() const {
    return m_facts->thisUpdate;
}
std::optional<Time> Crl::nextUpdate() const {
    return m_facts->nextUpdate;
}
std::optional<std::uint64_t> Crl::number() const {
    return m_facts->number;
}
std::string Crl::distributionPoint() const {
    return m_facts->distributionPoint;
}
std::vector<RevokedEntry> Crl::revoked() const {
    return m_facts->revoked;
}

// In the entries as they were parsed: none of them can go missing here.
std::optional<RevokedEntry> Crl::find(const Serial& serial) const {
    const auto at = std::ranges::find(m_facts->revoked, serial, &RevokedEntry::serial);
    return at == m_facts->revoked.end() ? std::nullopt : std::optional(*at);
}

Result<void> Crl::verifySignature(const Certificate& issuer) const {
    if (issuer.subjectDer() != issuerDer()) return fail(ErrorKind::Crypto, "the CRL is another issuer's");
    const auto parts = der::splitSigned(m_der);
    const auto inside = der::findSignatureAlgorithm(parts->tbs);
    const bool agree = inside && std::ranges::equal(*inside, parts->algorithm);  // RFC 5280 section 5.1.1.2
    const crypto::PublicKey key = issuer.publicKey();
    const auto verified = agree ? verifySigned(m_der, key) : false;
    if (verified.value_or(false)) return {};
    if (!verified && ::X509_CRL_verify(m_crl.get(), key.handle()) == 1) return {};
    crypto::dropOpensslErrors();
    return fail(ErrorKind::Crypto, "the signature of the CRL does not verify");
}

}  // namespace mailca::x509
