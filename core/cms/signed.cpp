#include "core/cms/signed.h"

#include <openssl/cms.h>
#include <openssl/ess.h>

#include <algorithm>

#include "core/crypto/algorithm.h"
#include "core/crypto/openssl.h"
#include "core/x509/der.h"
#include "core/x509/facts.h"

namespace mailca::cms {
namespace {

namespace der = x509::der;
using CmsPtr = crypto::Owned<CMS_ContentInfo, ::CMS_ContentInfo_free>;
using SigningCertPtr = crypto::Owned<ESS_SIGNING_CERT_V2, ::ESS_SIGNING_CERT_V2_free>;
struct AlgorithmsFree {
    void operator()(STACK_OF(X509_ALGOR) * stack) const { sk_X509_ALGOR_pop_free(stack, ::X509_ALGOR_free); }
};
using AlgorithmsPtr = std::unique_ptr<STACK_OF(X509_ALGOR), AlgorithmsFree>;

constexpr const char* kFailed = "the content cannot be signed";

// What `mailca decrypt` reads, the best first (RFC 8551 section 2.5.2).
bool addCapabilities(CMS_SignerInfo* info) {
    STACK_OF(X509_ALGOR)* list = nullptr;
    bool added = true;
    for (const int cipher : {NID_aes_256_gcm, NID_aes_128_gcm, NID_aes_256_cbc, NID_aes_128_cbc}) {
        added = added && ::CMS_add_simple_smimecap(&list, cipher, -1) == 1;
    }
    const AlgorithmsPtr owned(list);
    return added && ::CMS_add_smimecap(info, list) == 1;
}

// With V_ASN1_SEQUENCE OpenSSL takes the octets as DER and puts no header of its own before them.
bool addAttribute(CMS_SignerInfo* info, int attribute, const Bytes& value) {
    return ::CMS_signed_add1_attr_by_NID(info, attribute, V_ASN1_SEQUENCE, value.data(),
                                         static_cast<int>(value.size())) == 1;
}

// SMIMEEncryptionKeyPreference ::= CHOICE { issuerAndSerialNumber [0], ... } (RFC 8551 section 2.5.3).
Bytes encryptionPreference(const x509::Certificate& encryption) {
    return der::around(der::constructed(0),
                       {encryption.issuerDer(), der::unsignedInteger(encryption.serial().bytes())});
}

Result<void> addSigner(CMS_ContentInfo* message, const Signer& signer, Time at) {
    const EVP_MD* const digest = crypto::digestOf(signer.key.defaultAlgorithm());
    // CMS_CADES: the ESS signing-certificate-v2 attribute (RFC 5035), without which another certificate over the same
    // key could be put in the signer's place.
    CMS_SignerInfo* const info = ::CMS_add1_signer(message, signer.chain.front().handle(), signer.key.handle(), digest,
                                                   CMS_BINARY | CMS_PARTIAL | CMS_CADES | CMS_NOSMIMECAP | CMS_NOCERTS);
    if (info == nullptr) return crypto::opensslError(kFailed);
    TRY(const Bytes time, der::time(at));
    const bool added = addAttribute(info, NID_pkcs9_signingTime, time) && addCapabilities(info) &&
                       (!signer.encryptionCert || addAttribute(info, NID_id_smime_aa_encrypKeyPref,
                                                               encryptionPreference(*signer.encryptionCert)));
    if (!added) return crypto::opensslError(kFailed);
    return {};
}

// The chain up to the root, which receivers have or must not believe, and the encryption certificate, each once.
Result<void> addCertificates(CMS_ContentInfo* message, const Signer& signer) {
    std::vector<x509::Certificate> all;
    for (const x509::Certificate& one : signer.chain) {
        if (one.subjectDer() != one.issuerDer()) all.push_back(one);
    }
    if (signer.encryptionCert && std::ranges::find(all, *signer.encryptionCert) == all.end()) {
        all.push_back(*signer.encryptionCert);
    }
    for (const x509::Certificate& one : all) {
        if (::CMS_add1_cert(message, one.handle()) != 1) return crypto::opensslError(kFailed);
    }
    return {};
}

Error unreadable(const std::string& why) {
    crypto::dropOpensslErrors();
    return fail(ErrorKind::Parse, why);
}
Error bad(const std::string& why) {
    crypto::dropOpensslErrors();
    return fail(ErrorKind::Crypto, "the signature is not good: " + why);
}

// Only collisions of these are out of reach; MD5 and SHA-1 would let a signature be carried to another content.
bool isStrong(const X509_ALGOR* digest) {
    const ASN1_OBJECT* oid = nullptr;
    ::X509_ALGOR_get0(&oid, nullptr, nullptr, digest);
    const int id = ::OBJ_obj2nid(oid);
    return id == NID_sha256 || id == NID_sha384 || id == NID_sha512;
}

// The one value of a signed attribute; nullptr when it is not there, or there in another form.
const ASN1_STRING* attributeOf(CMS_SignerInfo* info, int attribute, int type) {
    constexpr int kOnlyOne = -3;
    return static_cast<const ASN1_STRING*>(
        ::CMS_signed_get0_data_by_OBJ(info, ::OBJ_nid2obj(attribute), kOnlyOne, type));
}

std::optional<Time> signingTimeOf(CMS_SignerInfo* info) {
    for (const int type : {V_ASN1_UTCTIME, V_ASN1_GENERALIZEDTIME}) {
        if (const ASN1_STRING* time = attributeOf(info, NID_pkcs9_signingTime, type)) return x509::timeOf(time);
    }
    return std::nullopt;
}

// RFC 5035 section 5: where a signature names its certificate by digest, it is this one.
bool isOfNamedCertificate(CMS_SignerInfo* info, X509* signer) {
    if (::CMS_signed_get_attr_by_NID(info, NID_id_smime_aa_signingCertificateV2, -1) < 0) return true;
    const ASN1_STRING* const value = attributeOf(info, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE);
    if (value == nullptr) return false;
    const auto named = crypto::decodeDer<SigningCertPtr>(x509::octetsOf(value), ::d2i_ESS_SIGNING_CERT_V2);
    STACK_OF(X509)* const chain = sk_X509_new_null();
    const bool same = named != nullptr && chain != nullptr && sk_X509_push(chain, signer) == 1 &&
                      ::OSSL_ESS_check_signing_certs(nullptr, named.get(), chain, 1) == 1;
    sk_X509_free(chain);
    return same;
}

Result<Signature> signatureOf(CMS_SignerInfo* info, ByteView content) {
    X509* signer = nullptr;
    X509_ALGOR* digest = nullptr;
    ::CMS_SignerInfo_get0_algs(info, nullptr, &signer, &digest, nullptr);
    if (!isStrong(digest)) return bad("it rests on a digest weaker than SHA-256");
    // Without signed attributes the octets under the signature are the content itself: those of another message's
    // attributes must not pass as one.
    if (::CMS_signed_get_attr_count(info) < 1 && der::isOne(der::kSet, content)) return bad("it is another message's");
    if (!isOfNamedCertificate(info, signer)) return bad("it names another certificate");
    auto certificate = x509::Certificate::fromDer(crypto::encodeDer(static_cast<const X509*>(signer), ::i2d_X509));
    if (!certificate) return unreadable("the signer's certificate cannot be read");
    return Signature{std::move(*certificate), signingTimeOf(info)};
}

// A content beside the signature, as CMS_verify gives it back whatever happens: a bare memory BIO it wraps in one of
// its own, which OpenSSL 3.0 forgets to free when the message names a digest that it does not know.
crypto::BioPtr contentBeside(ByteView content) {
    crypto::BioPtr memory = crypto::reader(content);
    crypto::BioPtr filter(::BIO_new(::BIO_f_null()));
    if (memory == nullptr || filter == nullptr) return nullptr;
    return crypto::BioPtr(::BIO_push(filter.release(), memory.release()));
}

Error notVerified() {
    const int reason = ERR_GET_REASON(::ERR_peek_error());
    if (reason == CMS_R_SIGNER_CERTIFICATE_NOT_FOUND) return bad("it brings no certificate of its signer");
    return bad("the content was changed, or the signature is another one's");
}

}  // namespace

bool canSignWith(crypto::KeyType key) {
    return key == crypto::KeyType::Rsa || key == crypto::KeyType::P256 || key == crypto::KeyType::P384;
}

Result<Bytes> sign(ByteView content, const Signer& signer, Time at, SignatureForm form) {
    if (!canSignWith(signer.key.type())) {
        return fail(ErrorKind::BadPublicKey,
                    "mail is not signed with a key of the kind " + std::string(crypto::nameOf(signer.key.type())));
    }
    if (signer.chain.empty()) return fail(ErrorKind::Malformed, "no certificate to sign with");
    const CmsPtr message(::CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_PARTIAL | CMS_BINARY));
    if (message == nullptr) return crypto::opensslError(kFailed);
    TRY_VOID(addSigner(message.get(), signer, at));
    TRY_VOID(addCertificates(message.get(), signer));
    const crypto::BioPtr input = crypto::reader(content);
    if (input == nullptr || ::CMS_set_detached(message.get(), form == SignatureForm::Detached ? 1 : 0) != 1 ||
        ::CMS_final(message.get(), input.get(), nullptr, CMS_BINARY) != 1) {
        return crypto::opensslError(kFailed);
    }
    return crypto::encodeDer(static_cast<const CMS_ContentInfo*>(message.get()), ::i2d_CMS_ContentInfo);
}

std::string_view micalgOf(const crypto::PrivateKey& key) {
    return key.type() == crypto::KeyType::P384 ? "sha-384" : "sha-256";
}

Result<SignedContent> verify(const SignedMail& mail) {
    const CmsPtr message = crypto::decodeDer<CmsPtr>(mail.contentInfo, ::d2i_CMS_ContentInfo);
    if (message == nullptr || ::OBJ_obj2nid(::CMS_get0_type(message.get())) != NID_pkcs7_signed ||
        ::OBJ_obj2nid(::CMS_get0_eContentType(message.get())) != NID_pkcs7_data) {
        return unreadable("not a signed S/MIME message");
    }
    STACK_OF(CMS_SignerInfo)* const infos = ::CMS_get0_SignerInfos(message.get());
    if (sk_CMS_SignerInfo_num(infos) < 1) return unreadable("nobody signed this message; it only carries certificates");
    const bool detached = ::CMS_is_detached(message.get()) == 1;
    if (detached && !mail.content) {
        return unreadable("the signature is detached: hand over the whole multipart/signed mail");
    }
    if (!detached && mail.content) return unreadable("the mail has two contents, one of them inside the signature");
    const crypto::BioPtr given = mail.content ? contentBeside(*mail.content) : nullptr;
    const crypto::BioPtr output(::BIO_new(::BIO_s_mem()));
    if (output == nullptr || (mail.content && given == nullptr) ||
        ::CMS_verify(message.get(), nullptr, nullptr, given.get(), output.get(),
                     CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1) {
        return notVerified();
    }
    const ByteView content = crypto::written(output.get());
    SignedContent out{Bytes(content.begin(), content.end()), {}};
    for (int i = 0; i < sk_CMS_SignerInfo_num(infos); ++i) {
        TRY(Signature one, signatureOf(sk_CMS_SignerInfo_value(infos, i), content));
        out.signatures.push_back(std::move(one));
    }
    return out;
}

}  // namespace mailca::cms
