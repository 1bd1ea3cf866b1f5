#include "core/x509/request.h"

#include "core/x509/builder.h"
#include "core/x509/der.h"
#include "core/x509/extensions.h"
#include "core/x509/facts.h"

namespace mailca::x509 {
namespace {

using RequestPtr = crypto::Owned<X509_REQ, ::X509_REQ_free>;
struct ExtensionsFree {
    void operator()(STACK_OF(X509_EXTENSION) * stack) const {
        sk_X509_EXTENSION_pop_free(stack, ::X509_EXTENSION_free);
    }
};
using ExtensionsPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), ExtensionsFree>;

constexpr std::size_t kMaxRequest = 16u << 10;

Error bad(const std::string& why) {
    return fail(ErrorKind::BadCsr, "the CSR is refused: " + why);
}

// One attribute of the kind with one value, or none.
Result<std::vector<Extension>> requestedExtensions(X509_REQ* request) {
    int attributes = 0;
    for (const int nid : {NID_ext_req, NID_ms_ext_req}) {
        for (int at = -1; (at = ::X509_REQ_get_attr_by_NID(request, nid, at)) >= 0;) {
            attributes += ::X509_ATTRIBUTE_count(::X509_REQ_get_attr(request, at));
        }
    }
    if (attributes == 0) return std::vector<Extension>{};
    const ExtensionsPtr stack(::X509_REQ_get_extensions(request));
    if (attributes > 1 || stack == nullptr) return bad("its requested extensions are ill-formed");
    auto extensions = extensionsOf(stack.get());
    if (!extensions) return bad(extensions.error().detail);
    return extensions;
}

std::optional<std::string> utf8(const ASN1_STRING* text) {
    unsigned char* raw = nullptr;
    const int length = ::ASN1_STRING_to_UTF8(&raw, text);
    const crypto::OctetsPtr owned(raw);
    if (length < 0) {
        crypto::dropOpensslErrors();
        return std::nullopt;
    }
    return std::string(asText({raw, static_cast<std::size_t>(length)}));
}

// MD5 and SHA-1 prove nothing any more. RSA-PSS is out too: its digest hides in parameters that nobody here reads.
bool hasSoundDigest(const X509_REQ* request) {
    const int signature = ::X509_REQ_get_signature_nid(request);
    int digest = NID_undef;
    if (signature == NID_ED25519 || signature == NID_SM2_with_SM3) return true;
    if (::OBJ_find_sigid_algs(signature, &digest, nullptr) != 1) return false;
    return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512;
}

Result<Bytes> signRequest(const crypto::PrivateKey& key, ByteView subject, ByteView attributes) {
    const Bytes info = der::sequence(
        {der::smallInteger(0), subject, key.publicKey().spki(), der::tagged(der::constructed(0), attributes)});
    TRY(const Bytes signature, key.sign(key.defaultAlgorithm(), info));
    return assemble(info, key.defaultAlgorithm(), signature);
}

}  // namespace

Result<CertificateRequest> CertificateRequest::fromDer(ByteView der) {
    if (der.size() > kMaxRequest) return bad("it is longer than 16 KiB");
    const std::shared_ptr<X509_REQ> request = [der] {
        const crypto::WithoutKeyDecoders light;
        return crypto::decodeDer<RequestPtr>(der, ::d2i_X509_REQ);
    }();
    if (request == nullptr) return bad("it is not the DER of a PKCS#10 request, or something stands behind it");
    Bytes copy(der.begin(), der.end());
    if (crypto::encodeDer(request.get(), ::i2d_X509_REQ) != copy) return bad("it is BER, not DER");
    if (::X509_REQ_get_version(request.get()) != 0) return bad("its version is not 1");
    auto key = crypto::PublicKey::fromSpki(crypto::encodeDer(
        static_cast<const X509_PUBKEY*>(::X509_REQ_get_X509_PUBKEY(request.get())), ::i2d_X509_PUBKEY));
    if (!key) return bad("its public key is broken or of a kind unknown here");
    CertificateRequest out(request, std::move(copy), std::move(key).value());
    TRY_VOID(out.readSubject(::X509_REQ_get_subject_name(request.get())));
    TRY(const std::vector<Extension> extensions, requestedExtensions(request.get()));
    if (const Extension* names = findExtension(extensions, "2.5.29.17")) {
        auto read = parseAlternativeNames(names->value);
        if (!read) return bad(read.error().detail);
        out.m_emails = std::move(read->emails);
        out.m_emails.insert(out.m_emails.end(), read->utf8Mailboxes.begin(), read->utf8Mailboxes.end());
        out.m_dnsNames = std::move(read->dnsNames);
        out.m_otherNames = read->others;
    }
    if (const Extension* usage = findExtension(extensions, "2.5.29.15")) {
        const auto bits = parseKeyUsage(usage->value);
        if (!bits) return bad(bits.error().detail);
        out.m_keyUsage = *bits;
    }
    return out;
}

Result<void> CertificateRequest::readSubject(const X509_name_st* subject) {
    for (int i = 0; i < ::X509_NAME_entry_count(subject); ++i) {
        const X509_NAME_ENTRY* entry = ::X509_NAME_get_entry(subject, i);
        const int attribute = ::OBJ_obj2nid(::X509_NAME_ENTRY_get_object(entry));
        if (attribute != NID_commonName && attribute != NID_pkcs9_emailAddress) {
            m_otherSubject = true;
            continue;
        }
        auto value = utf8(::X509_NAME_ENTRY_get_data(entry));
        if (!value) return bad("its subject is ill-formed");
        (attribute == NID_commonName ? m_commonNames : m_subjectEmails).push_back(std::move(*value));
    }
    return {};
}

Result<void> CertificateRequest::verifySignature() const {
    if (!hasSoundDigest(m_request.get())) {
        return bad("it is not signed with SHA-256, SHA-384, SHA-512, Ed25519 or SM2 with SM3");
    }
    const auto verified = verifySigned(m_der, m_key);
    if (verified.value_or(false)) return {};
    if (!verified && ::X509_REQ_verify(m_request.get(), m_key.handle()) == 1) return {};
    crypto::dropOpensslErrors();
    const bool sm2 = m_key.type() == crypto::KeyType::Sm2;
    return bad(sm2 ? "its signature does not verify with the identifier 1234567812345678 (GM/T 0009; with OpenSSL: "
                     "-sigopt distid:1234567812345678)"
                   : "its signature does not verify");
}

Result<Bytes> makeRequest(const crypto::PrivateKey& key, const EmailAddress& mailbox,
                          std::optional<unsigned> keyUsage) {
    TRY(Bytes extensions, encodeMailboxName(mailbox, Criticality::NotCritical));
    if (keyUsage) {
        TRY(const Bytes usage, encodeKeyUsage(*keyUsage));
        der::append(extensions, usage);
    }
    TRY(const Bytes extensionRequest, der::oid("1.2.840.113549.1.9.14"));
    const Bytes attribute =
        der::sequence({extensionRequest, der::tagged(der::kSet, der::tagged(der::kSequence, extensions))});
    return signRequest(key, der::sequence({}), attribute);
}

Result<Bytes> makeRequest(const crypto::PrivateKey& key, const NameParts& subject) {
    TRY(const Bytes name, encodeName(subject));
    return signRequest(key, name, {});
}

}  // namespace mailca::x509
