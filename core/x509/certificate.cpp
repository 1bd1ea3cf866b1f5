#include "core/x509/certificate.h"

#include <mutex>

#include "core/crypto/algorithm.h"
#include "core/crypto/hash.h"
#include "core/x509/der.h"
#include "core/x509/facts.h"
#include "core/x509/pem.h"

namespace mailca::x509 {
namespace {

using CertPtr = crypto::Owned<X509, ::X509_free>;
using UsagesPtr = crypto::Owned<EXTENDED_KEY_USAGE, ::EXTENDED_KEY_USAGE_free>;
using PoliciesPtr = crypto::Owned<CERTIFICATEPOLICIES, ::CERTIFICATEPOLICIES_free>;
using PointsPtr = crypto::Owned<CRL_DIST_POINTS, ::CRL_DIST_POINTS_free>;
using AccessPtr = crypto::Owned<AUTHORITY_INFO_ACCESS, ::AUTHORITY_INFO_ACCESS_free>;
using ConstraintsPtr = crypto::Owned<BASIC_CONSTRAINTS, ::BASIC_CONSTRAINTS_free>;
using OctetStringPtr = crypto::Owned<ASN1_OCTET_STRING, ::ASN1_OCTET_STRING_free>;
using AuthorityKeyPtr = crypto::Owned<AUTHORITY_KEYID, ::AUTHORITY_KEYID_free>;

Error illFormed(const char* what) {
    return fail(ErrorKind::Parse, std::string("not a certificate: ") + what);
}
Bytes copied(ByteView view) {
    return {view.begin(), view.end()};
}

// Whom OpenSSL takes SM2 signatures on certificates to be of, when it verifies a path (I8). The certificate's own.
ASN1_OCTET_STRING* sm2Identifier() {
    OctetStringPtr out(::ASN1_OCTET_STRING_new());
    if (out == nullptr || ::ASN1_STRING_set(out.get(), crypto::kSm2Identifier.data(),
                                            static_cast<int>(crypto::kSm2Identifier.size())) != 1) {
        throw std::runtime_error(crypto::opensslError("no memory for an identifier").detail);
    }
    return out.release();
}

}  // namespace

struct Certificate::Facts {
    CertPtr cert;  // without its key
    Bytes der;
    Serial serial;
    Time notBefore, notAfter;
    crypto::PublicKey key;
    std::vector<Extension> extensions;
    std::optional<unsigned> keyUsage = {};
    std::vector<std::string> extendedKeyUsage = {}, emails = {}, policies = {}, crlUrls = {}, caIssuersUrls = {},
                             ocspUrls = {};
    bool ca = false;
    Bytes subjectKeyId = {}, authorityKeyId = {};

    Result<void> readExtensions();
    Result<void> readUsages();
    Result<void> readLinks();
    Result<void> readKeyIds();
};

Result<void> Certificate::Facts::readExtensions() {
    if (const Extension* names = findExtension(extensions, "2.5.29.17")) {
        TRY(AlternativeNames read, parseAlternativeNames(names->value));
        emails = std::move(read.emails);
        emails.insert(emails.end(), read.utf8Mailboxes.begin(), read.utf8Mailboxes.end());
    }
    if (const Extension* constraints = findExtension(extensions, "2.5.29.19")) {
        const auto read = crypto::decodeDer<ConstraintsPtr>(constraints->value, ::d2i_BASIC_CONSTRAINTS);
        if (read == nullptr) return illFormed("its basicConstraints");
        ca = read->ca != 0;
    }
    TRY_VOID(readUsages());
    TRY_VOID(readLinks());
    return readKeyIds();
}

Result<void> Certificate::Facts::readUsages() {
    if (const Extension* usage = findExtension(extensions, "2.5.29.15")) {
        TRY(keyUsage, parseKeyUsage(usage->value));
    }
    if (const Extension* usages = findExtension(extensions, "2.5.29.37")) {
        const auto read = crypto::decodeDer<UsagesPtr>(usages->value, ::d2i_EXTENDED_KEY_USAGE);
        if (read == nullptr) return illFormed("its extKeyUsage");
        for (int i = 0; i < sk_ASN1_OBJECT_num(read.get()); ++i) {
            extendedKeyUsage.push_back(dotted(sk_ASN1_OBJECT_value(read.get(), i)));
        }
    }
    if (const Extension* all = findExtension(extensions, "2.5.29.32")) {
        const auto read = crypto::decodeDer<PoliciesPtr>(all->value, ::d2i_CERTIFICATEPOLICIES);
        if (read == nullptr) return illFormed("its certificatePolicies");
        for (int i = 0; i < sk_POLICYINFO_num(read.get()); ++i) {
            policies.push_back(dotted(sk_POLICYINFO_value(read.get(), i)->policyid));
        }
    }
    return {};
}

Result<void> Certificate::Facts::readLinks() {
    if (const Extension* points = findExtension(extensions, "2.5.29.31")) {
        const auto read = crypto::decodeDer<PointsPtr>(points->value, ::d2i_CRL_DIST_POINTS);
        if (read == nullptr) return illFormed("its cRLDistributionPoints");
        for (int i = 0; i < sk_DIST_POINT_num(read.get()); ++i) {
            const DIST_POINT_NAME* name = sk_DIST_POINT_value(read.get(), i)->distpoint;
            if (name == nullptr || name->type != 0) continue;  // not a fullName
            for (std::string& url : urisOf(name->name.fullname)) crlUrls.push_back(std::move(url));
        }
    }
    if (const Extension* access = findExtension(extensions, "1.3.6.1.5.5.7.1.1")) {
        const auto read = crypto::decodeDer<AccessPtr>(access->value, ::d2i_AUTHORITY_INFO_ACCESS);
        if (read == nullptr) return illFormed("its authorityInfoAccess");
        for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(read.get()); ++i) {
            const ACCESS_DESCRIPTION* one = sk_ACCESS_DESCRIPTION_value(read.get(), i);
            if (one->location->type != GEN_URI) continue;
            std::string url(asText(octetsOf(one->location->d.uniformResourceIdentifier)));
            if (::OBJ_obj2nid(one->method) == NID_ad_ca_issuers)
                caIssuersUrls.push_back(std::move(url));
            else if (::OBJ_obj2nid(one->method) == NID_ad_OCSP)
                ocspUrls.push_back(std::move(url));
        }
    }
    return {};
}

Result<void> Certificate::Facts::readKeyIds() {
    if (const Extension* own = findExtension(extensions, "2.5.29.14")) {
        const auto read = crypto::decodeDer<OctetStringPtr>(own->value, ::d2i_ASN1_OCTET_STRING);
        if (read == nullptr) return illFormed("its subjectKeyIdentifier");
        subjectKeyId = copied(octetsOf(read.get()));
    }
    if (const Extension* authority = findExtension(extensions, "2.5.29.35")) {
        const auto read = crypto::decodeDer<AuthorityKeyPtr>(authority->value, ::d2i_AUTHORITY_KEYID);
        if (read == nullptr) return illFormed("its authorityKeyIdentifier");
        if (read->keyid != nullptr) authorityKeyId = copied(octetsOf(read->keyid));
    }
    return {};
}

struct Certificate::Whole {
    std::once_flag once;
    CertPtr cert;
};

Certificate::Certificate(Facts facts)
    : m_facts(std::make_shared<const Facts>(std::move(facts))), m_whole(std::make_shared<Whole>()) {}

x509_st* Certificate::handle() const {
    std::call_once(m_whole->once, [this] {
        m_whole->cert = crypto::decodeDer<CertPtr>(der(), ::d2i_X509);
        if (m_whole->cert == nullptr) throw std::runtime_error("a certificate that was parsed does not parse again");
        if (::X509_get_signature_nid(m_whole->cert.get()) == NID_SM2_with_SM3) {
            ::X509_set0_distinguishing_id(m_whole->cert.get(), sm2Identifier());
        }
    });
    return m_whole->cert.get();
}

Result<Certificate> Certificate::fromDer(ByteView der) {
    return parse(der, nullptr);
}

Result<Certificate> Certificate::fromDer(ByteView der, const crypto::PublicKey& key) {
    return parse(der, &key);
}

Result<Certificate> Certificate::parse(ByteView der, const crypto::PublicKey* decoded) {
    CertPtr cert = [der] {
        const crypto::WithoutKeyDecoders light;
        return crypto::decodeDer<CertPtr>(der, ::d2i_X509);
    }();
    if (cert == nullptr) return illFormed("the DER does not parse, or something stands behind it");
    if (crypto::encodeDer(cert.get(), ::i2d_X509) != copied(der) || !der::splitSigned(der)) {
        return illFormed("it is BER, not DER");
    }
    const auto serial = serialOf(::X509_get0_serialNumber(cert.get()));
    if (!serial) return illFormed("its serial number is not positive or longer than 20 octets");
    const auto notBefore = timeOf(::X509_get0_notBefore(cert.get()));
    const auto notAfter = timeOf(::X509_get0_notAfter(cert.get()));
    if (!notBefore || !notAfter) return illFormed("its validity is no pair of times");
    const Bytes spki =
        crypto::encodeDer(static_cast<const X509_PUBKEY*>(::X509_get_X509_PUBKEY(cert.get())), ::i2d_X509_PUBKEY);
    auto key = decoded != nullptr && decoded->spki() == spki ? Result<crypto::PublicKey>(*decoded)
                                                             : crypto::PublicKey::fromSpki(spki);
    if (!key) return illFormed("its public key is broken or of a kind unknown here");
    TRY(std::vector<Extension> extensions, extensionsOf(::X509_get0_extensions(cert.get())));
    Facts facts{.cert = std::move(cert),
                .der = copied(der),
                .serial = *serial,
                .notBefore = *notBefore,
                .notAfter = *notAfter,
                .key = std::move(key).value(),
                .extensions = std::move(extensions)};
    TRY_VOID(facts.readExtensions());
    return Certificate(std::move(facts));
}

Result<Certificate> Certificate::fromPem(std::string_view pem) {
    TRY(std::vector<Certificate> all, allFromPem(pem));
    if (all.size() != 1) return fail(ErrorKind::Parse, "not one certificate in PEM form");
    return std::move(all.front());
}

Result<std::vector<Certificate>> Certificate::allFromPem(std::string_view pem) {
    const crypto::BioPtr bio = crypto::reader(asBytes(pem));
    if (bio == nullptr) return fail(ErrorKind::Parse, "not certificates in PEM form");
    std::vector<Certificate> out;
    unsigned char* data = nullptr;
    long length = 0;
    while (::PEM_bytes_read_bio(&data, &length, nullptr, PEM_STRING_X509, bio.get(), nullptr, nullptr) == 1) {
        const crypto::OctetsPtr owned(data);
        TRY(Certificate one, fromDer({data, static_cast<std::size_t>(length)}));
        out.push_back(std::move(one));
    }
    const bool ended = ERR_GET_REASON(::ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    crypto::dropOpensslErrors();
    if (!ended || out.empty()) return fail(ErrorKind::Parse, "not certificates in PEM form");
    return out;
}

const Bytes& Certificate::der() const {
    return m_facts->der;
}
Bytes Certificate::tbs() const {
    return copied(der::splitSigned(der())->tbs);
}
Bytes Certificate::sha256() const {
    return crypto::sha256(der());
}
std::string Certificate::pem() const {
    return certificatePem(der());
}
int Certificate::version() const {
    return static_cast<int>(::X509_get_version(m_facts->cert.get())) + 1;
}
Serial Certificate::serial() const {
    return m_facts->serial;
}
Bytes Certificate::issuerDer() const {
    return crypto::encodeDer(static_cast<const X509_NAME*>(::X509_get_issuer_name(m_facts->cert.get())),
                             ::i2d_X509_NAME);
}
Bytes Certificate::subjectDer() const {
    return crypto::encodeDer(static_cast<const X509_NAME*>(::X509_get_subject_name(m_facts->cert.get())),
                             ::i2d_X509_NAME);
}
std::string Certificate::subjectText() const {
    return textOf(::X509_get_subject_name(m_facts->cert.get()));
}
std::string Certificate::issuerText() const {
    return textOf(::X509_get_issuer_name(m_facts->cert.get()));
}
Time Certificate::notBefore() const {
    return m_facts->notBefore;
}
Time Certificate::notAfter() const {
    return m_facts->notAfter;
}
crypto::PublicKey Certificate::publicKey() const {
    return m_facts->key;
}
Bytes Certificate::signatureAlgorithmDer() const {
    return copied(der::splitSigned(der())->algorithm);
}
Bytes Certificate::tbsSignatureAlgorithmDer() const {
    return crypto::encodeDer(::X509_get0_tbs_sigalg(m_facts->cert.get()), ::i2d_X509_ALGOR);
}
std::vector<Extension> Certificate::extensions() const {
    return m_facts->extensions;
}
const std::optional<Extension> Certificate::extension(std::string_view oid) const {
    const Extension* found = findExtension(m_facts->extensions, oid);
    return found == nullptr ? std::nullopt : std::optional(*found);
}
std::optional<unsigned> Certificate::keyUsage() const {
    return m_facts->keyUsage;
}
std::vector<std::string> Certificate::extendedKeyUsage() const {
    return m_facts->extendedKeyUsage;
}
std::vector<std::string> Certificate::emails() const {
    return m_facts->emails;
}
std::vector<std::string> Certificate::policies() const {
    return m_facts->policies;
}
std::vector<std::string> Certificate::crlUrls() const {
    return m_facts->crlUrls;
}
std::vector<std::string> Certificate::caIssuersUrls() const {
    return m_facts->caIssuersUrls;
}
std::vector<std::string> Certificate::ocspUrls() const {
    return m_facts->ocspUrls;
}
bool Certificate::isCa() const {
    return m_facts->ca;
}
Bytes Certificate::subjectKeyId() const {
    return m_facts->subjectKeyId;
}
Bytes Certificate::authorityKeyId() const {
    return m_facts->authorityKeyId;
}

Result<Bytes> spkiSha256Of(ByteView certificateDer) {
    const auto key = der::findSubjectPublicKeyInfo(certificateDer);
    if (!key) return fail(ErrorKind::Parse, "not a certificate");
    return crypto::sha256(*key);
}

}  // namespace mailca::x509
