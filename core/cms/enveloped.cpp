#include "core/cms/enveloped.h"

#include <openssl/cms.h>

#include "core/crypto/openssl.h"

namespace mailca::cms {
namespace {

using CmsPtr = crypto::Owned<CMS_ContentInfo, ::CMS_ContentInfo_free>;

// One sentence for every way a message fails to open: which step failed must not be told apart (RFC 3218).
Error unreadable() {
    crypto::dropOpensslErrors();
    return fail(ErrorKind::Crypto, "the message cannot be decrypted: it is damaged, or not for this key");
}

Error notEnveloped() {
    crypto::dropOpensslErrors();
    return fail(ErrorKind::Parse, "not an encrypted S/MIME message");
}

CmsPtr emptyMessage(ContentCipher cipher) {
    return CmsPtr(cipher == ContentCipher::Aes256Gcm ? ::CMS_AuthEnvelopedData_create(::EVP_aes_256_gcm())
                                                     : ::CMS_EnvelopedData_create(::EVP_aes_256_cbc()));
}

// RSA: PKCS#1 v1.5 key transport, which every mail program reads (RFC 8551 section 2.3). EC: ephemeral-static ECDH with
// the SHA-256 KDF in place of OpenSSL's SHA-1 (RFC 5753 section 7.1.4); the key wrap follows the content's AES-256.
Result<void> addRecipient(CMS_ContentInfo* message, const x509::Certificate& recipient) {
    const crypto::KeyType type = recipient.publicKey().type();
    if (!canEncryptTo(type)) {
        return fail(ErrorKind::BadPublicKey,
                    "nothing can be encrypted to a key of the kind " + std::string(crypto::nameOf(type)));
    }
    const bool rsa = type == crypto::KeyType::Rsa;
    CMS_RecipientInfo* const info = ::CMS_add1_recipient_cert(message, recipient.handle(), rsa ? 0 : CMS_KEY_PARAM);
    if (info == nullptr ||
        (!rsa && ::EVP_PKEY_CTX_set_ecdh_kdf_md(::CMS_RecipientInfo_get0_pkey_ctx(info), ::EVP_sha256()) <= 0)) {
        return crypto::opensslError("a recipient cannot be added");
    }
    return {};
}

bool isEnveloped(const CMS_ContentInfo* message) {
    const int type = ::OBJ_obj2nid(::CMS_get0_type(message));
    return type == NID_pkcs7_enveloped || type == NID_id_smime_ct_authEnvelopedData;
}

// Some RecipientInfo names this certificate.
bool isFor(CMS_ContentInfo* message, const x509::Certificate& certificate) {
    STACK_OF(CMS_RecipientInfo)* const infos = ::CMS_get0_RecipientInfos(message);
    for (int i = 0; i < sk_CMS_RecipientInfo_num(infos); ++i) {
        CMS_RecipientInfo* const info = sk_CMS_RecipientInfo_value(infos, i);
        if (::CMS_RecipientInfo_type(info) == CMS_RECIPINFO_TRANS) {
            if (::CMS_RecipientInfo_ktri_cert_cmp(info, certificate.handle()) == 0) return true;
        } else if (::CMS_RecipientInfo_type(info) == CMS_RECIPINFO_AGREE) {
            STACK_OF(CMS_RecipientEncryptedKey)* const keys = ::CMS_RecipientInfo_kari_get0_reks(info);
            for (int j = 0; j < sk_CMS_RecipientEncryptedKey_num(keys); ++j) {
                CMS_RecipientEncryptedKey* const one = sk_CMS_RecipientEncryptedKey_value(keys, j);
                if (::CMS_RecipientEncryptedKey_cert_cmp(one, certificate.handle()) == 0) return true;
            }
        }
    }
    return false;
}

}  // namespace

bool canEncryptTo(crypto::KeyType key) {
    return key == crypto::KeyType::Rsa || key == crypto::KeyType::P256 || key == crypto::KeyType::P384 ||
           key == crypto::KeyType::P521;
}

Result<Bytes> encrypt(ByteView content, const std::vector<x509::Certificate>& recipients, ContentCipher cipher) {
    if (recipients.empty()) return fail(ErrorKind::Malformed, "nobody to encrypt to");
    const CmsPtr message = emptyMessage(cipher);
    if (message == nullptr) return crypto::opensslError("the message cannot be encrypted");
    for (const x509::Certificate& recipient : recipients) TRY_VOID(addRecipient(message.get(), recipient));
    const crypto::BioPtr input = crypto::reader(content);
    if (input == nullptr || ::CMS_set_detached(message.get(), 0) != 1 ||
        ::CMS_final(message.get(), input.get(), nullptr, CMS_BINARY) != 1) {
        return crypto::opensslError("the message cannot be encrypted");
    }
    return crypto::encodeDer(static_cast<const CMS_ContentInfo*>(message.get()), ::i2d_CMS_ContentInfo);
}

Result<Bytes> decrypt(ByteView contentInfo, const crypto::PrivateKey& key, const x509::Certificate& certificate) {
    const CmsPtr message = crypto::decodeDer<CmsPtr>(contentInfo, ::d2i_CMS_ContentInfo);
    if (message == nullptr || !isEnveloped(message.get())) return notEnveloped();
    if (!isFor(message.get(), certificate)) {
        return fail(ErrorKind::Unauthorized, "the message is not encrypted to this certificate");
    }
    const crypto::BioPtr output(::BIO_new(::BIO_s_mem()));
    // With the certificate named, OpenSSL goes on with a random content key where a key transport fails: no oracle for
    // Bleichenbacher's attack.
    if (output == nullptr ||
        ::CMS_decrypt(message.get(), key.handle(), certificate.handle(), nullptr, output.get(), CMS_BINARY) != 1) {
        return unreadable();
    }
    const ByteView plain = crypto::written(output.get());
    return Bytes(plain.begin(), plain.end());
}

SmimeType smimeTypeOf(ContentCipher cipher) {
    return cipher == ContentCipher::Aes256Gcm ? SmimeType::AuthEnvelopedData : SmimeType::EnvelopedData;
}

}  // namespace mailca::cms
