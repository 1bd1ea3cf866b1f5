// RFC 3161 as OpenSSL's client speaks it: it makes the queries and reads and verifies the replies.
#pragma once

#include <openssl/ts.h>

#include <optional>
#include <stdexcept>
#include <string>

#include "ca/authority.h"
#include "core/crypto/openssl.h"

namespace mailca::test {

using TsQueryPtr = crypto::Owned<TS_REQ, ::TS_REQ_free>;
using TsReplyPtr = crypto::Owned<TS_RESP, ::TS_RESP_free>;

struct Query {
    const EVP_MD* hash = ::EVP_sha256();
    std::optional<Bytes> imprint{};  // else as long as the hash wants
    std::string policy{};
    std::string nonce = "1234567890abcdef";  // hex, "-" in front: negative; empty: none
    bool certificates = true;
    long version = 1;
    std::string extension{};  // an OID
};

inline TsQueryPtr makeQuery(const Query& wanted) {
    TsQueryPtr query(::TS_REQ_new());
    ::TS_REQ_set_version(query.get(), wanted.version);
    const crypto::Owned<TS_MSG_IMPRINT, ::TS_MSG_IMPRINT_free> imprint(::TS_MSG_IMPRINT_new());
    const crypto::Owned<X509_ALGOR, ::X509_ALGOR_free> algorithm(::X509_ALGOR_new());
    ::X509_ALGOR_set_md(algorithm.get(), wanted.hash);
    ::TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get());
    Bytes digest = wanted.imprint.value_or(Bytes(static_cast<std::size_t>(::EVP_MD_get_size(wanted.hash)), 0x5A));
    ::TS_MSG_IMPRINT_set_msg(imprint.get(), digest.data(), static_cast<int>(digest.size()));
    ::TS_REQ_set_msg_imprint(query.get(), imprint.get());
    if (!wanted.policy.empty()) {
        const crypto::Owned<ASN1_OBJECT, ::ASN1_OBJECT_free> policy(::OBJ_txt2obj(wanted.policy.c_str(), 1));
        ::TS_REQ_set_policy_id(query.get(), policy.get());
    }
    if (!wanted.nonce.empty()) {
        BIGNUM* raw = nullptr;
        ::BN_hex2bn(&raw, wanted.nonce.c_str());
        const crypto::BignumPtr number(raw);
        const crypto::Owned<ASN1_INTEGER, ::ASN1_INTEGER_free> nonce(::BN_to_ASN1_INTEGER(raw, nullptr));
        ::TS_REQ_set_nonce(query.get(), nonce.get());
    }
    ::TS_REQ_set_cert_req(query.get(), wanted.certificates ? 1 : 0);
    if (!wanted.extension.empty()) {
        const crypto::Owned<ASN1_OBJECT, ::ASN1_OBJECT_free> id(::OBJ_txt2obj(wanted.extension.c_str(), 1));
        const crypto::Owned<ASN1_OCTET_STRING, ::ASN1_OCTET_STRING_free> value(::ASN1_OCTET_STRING_new());
        const unsigned char kNull[] = {0x05, 0x00};
        ::ASN1_OCTET_STRING_set(value.get(), kNull, 2);
        const crypto::Owned<X509_EXTENSION, ::X509_EXTENSION_free> extension(
            ::X509_EXTENSION_create_by_OBJ(nullptr, id.get(), 0, value.get()));
        ::TS_REQ_add_ext(query.get(), extension.get(), -1);
    }
    return query;
}

inline Bytes queryDer(const Query& wanted = {}) {
    return crypto::encodeDer(makeQuery(wanted).get(), ::i2d_TS_REQ);
}

// A reply as its reader sees it.
class Reply final {
 public:
    explicit Reply(ByteView der) : m_reply(crypto::decodeDer<TsReplyPtr>(der, ::d2i_TS_RESP)) {
        if (m_reply == nullptr) throw std::runtime_error("no TimeStampResp");
    }
    long status() const { return ::ASN1_INTEGER_get(::TS_STATUS_INFO_get0_status(info())); }
    bool granted() const { return status() == TS_STATUS_GRANTED; }
    bool hasToken() const { return ::TS_RESP_get_token(m_reply.get()) != nullptr; }
    // The one bit of PKIFailureInfo; -1: none.
    int failure() const {
        const ASN1_BIT_STRING* bits = ::TS_STATUS_INFO_get0_failure_info(info());
        for (int bit = 0; bits != nullptr && bit < 32; ++bit) {
            if (::ASN1_BIT_STRING_get_bit(bits, bit) == 1) return bit;
        }
        return -1;
    }
    TS_TST_INFO* token() const { return ::TS_RESP_get_tst_info(m_reply.get()); }
    std::string serial() const { return hex(::TS_TST_INFO_get_serial(token())); }
    std::string nonce() const {
        const ASN1_INTEGER* nonce = ::TS_TST_INFO_get_nonce(token());
        return nonce == nullptr ? "" : hex(nonce);
    }
    std::string genTime() const {  // as it stands
        const ASN1_GENERALIZEDTIME* time = ::TS_TST_INFO_get_time(token());
        return {reinterpret_cast<const char*>(::ASN1_STRING_get0_data(time)),
                static_cast<std::size_t>(::ASN1_STRING_length(time))};
    }
    std::string policy() const {
        char text[128];
        ::OBJ_obj2txt(text, sizeof text, ::TS_TST_INFO_get_policy_id(token()), 1);
        return text;
    }
    int certificates() const { return sk_X509_num(::TS_RESP_get_token(m_reply.get())->d.sign->cert); }
    const TS_ACCURACY* accuracy() const { return ::TS_TST_INFO_get_accuracy(token()); }
    // Everything that a client checks, at `at`: signature, chain, ESSCertIDv2, imprint, nonce.
    bool verifies(const Query& query, const ca::Issuer& issuer, Time at) const {
        const TsQueryPtr asked = makeQuery(query);
        const crypto::Owned<TS_VERIFY_CTX, ::TS_VERIFY_CTX_free> context(
            ::TS_REQ_to_TS_VERIFY_CTX(asked.get(), nullptr));
        X509_STORE* store = ::X509_STORE_new();  // the context's from now on
        ::X509_STORE_add_cert(store, issuer.root().handle());
        const crypto::Owned<X509_VERIFY_PARAM, ::X509_VERIFY_PARAM_free> when(::X509_VERIFY_PARAM_new());
        ::X509_VERIFY_PARAM_set_time(when.get(), toUnix(at));
        ::X509_STORE_set1_param(store, when.get());
        ::TS_VERIFY_CTX_set_store(context.get(), store);
        ::TS_VERIFY_CTX_add_flags(context.get(), TS_VFY_SIGNATURE);
        const bool good = ::TS_RESP_verify_response(context.get(), m_reply.get()) == 1;
        if (!good) m_why = crypto::opensslError("not verified").detail;
        return good;
    }
    const std::string& why() const { return m_why; }

 private:
    TS_STATUS_INFO* info() const { return ::TS_RESP_get_status_info(m_reply.get()); }
    static std::string hex(const ASN1_INTEGER* number) {
        const crypto::BignumPtr value(::ASN1_INTEGER_to_BN(number, nullptr));
        const crypto::OctetsPtr text(reinterpret_cast<unsigned char*>(::BN_bn2hex(value.get())));
        return reinterpret_cast<const char*>(text.get());
    }

    TsReplyPtr m_reply;
    mutable std::string m_why;
};

}  // namespace mailca::test
