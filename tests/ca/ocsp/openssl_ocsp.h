// OCSP as OpenSSL speaks it, for the client's side of the tests: it makes the requests and reads the answers, and has
// no part in ours.
#pragma once

#include <openssl/ocsp.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "ca/authority.h"
#include "core/clock.h"
#include "core/crypto/openssl.h"

namespace mailca::test {

using OcspRequestPtr = crypto::Owned<OCSP_REQUEST, ::OCSP_REQUEST_free>;
using OcspResponsePtr = crypto::Owned<OCSP_RESPONSE, ::OCSP_RESPONSE_free>;
using OcspBasicPtr = crypto::Owned<OCSP_BASICRESP, ::OCSP_BASICRESP_free>;

struct Asked {
    const x509::Certificate* issuer;
    Serial serial;
    bool sha256 = false;
};

inline Bytes ocspRequest(const std::vector<Asked>& asked, const Bytes& nonce = {}) {
    const OcspRequestPtr request(::OCSP_REQUEST_new());
    for (const Asked& one : asked) {
        const Bytes& octets = one.serial.bytes();
        const crypto::BignumPtr number(::BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
        const crypto::Owned<ASN1_INTEGER, ::ASN1_INTEGER_free> serial(::BN_to_ASN1_INTEGER(number.get(), nullptr));
        X509* issuer = one.issuer->handle();
        OCSP_CERTID* id =
            ::OCSP_cert_id_new(one.sha256 ? ::EVP_sha256() : ::EVP_sha1(), ::X509_get_subject_name(issuer),
                               ::X509_get0_pubkey_bitstr(issuer), serial.get());
        if (id == nullptr || ::OCSP_request_add0_id(request.get(), id) == nullptr) throw std::runtime_error("no id");
    }
    if (!nonce.empty()) {
        Bytes copy = nonce;
        ::OCSP_request_add1_nonce(request.get(), copy.data(), static_cast<int>(copy.size()));
    }
    return crypto::encodeDer(request.get(), ::i2d_OCSP_REQUEST);
}

struct ReadSingle {
    int status;  // V_OCSP_CERTSTATUS_*
    int reason;  // -1: none
    std::optional<Time> revokedAt;
    Time thisUpdate, nextUpdate;
};
struct ReadAnswer {
    int status = -1;  // OCSP_RESPONSE_STATUS_*
    bool verified = false;
    int nonce = -1;  // OCSP_check_nonce: 1 equal, 2 neither has one, 3 in the answer only, -1 in the request only
    Time producedAt{};
    std::vector<ReadSingle> singles;
    std::string responder;  // subject of its certificate
};

inline Time timeOf(const ASN1_GENERALIZEDTIME* time) {
    std::tm tm{};
    if (time == nullptr || ::ASN1_TIME_to_tm(time, &tm) != 1) throw std::runtime_error("no time");
    return fromUnix(::timegm(&tm));
}

// Answers are verified at `at` up to the issuer's root, the responder's certificate included.
inline ReadAnswer readAnswer(ByteView der, ByteView request, const ca::Issuer& issuer, Time at) {
    const auto response = crypto::decodeDer<OcspResponsePtr>(der, ::d2i_OCSP_RESPONSE);
    if (response == nullptr) throw std::runtime_error("no OCSP response");
    ReadAnswer out;
    out.status = ::OCSP_response_status(response.get());
    if (out.status != OCSP_RESPONSE_STATUS_SUCCESSFUL) return out;
    const OcspBasicPtr basic(::OCSP_response_get1_basic(response.get()));
    const auto asked = crypto::decodeDer<OcspRequestPtr>(request, ::d2i_OCSP_REQUEST);

    const crypto::Owned<X509_STORE, ::X509_STORE_free> store(::X509_STORE_new());
    ::X509_STORE_add_cert(store.get(), issuer.root().handle());
    ::X509_STORE_add_cert(store.get(), issuer.certificate.handle());
    const crypto::Owned<X509_VERIFY_PARAM, ::X509_VERIFY_PARAM_free> when(::X509_VERIFY_PARAM_new());
    ::X509_VERIFY_PARAM_set_time(when.get(), toUnix(at));
    ::X509_VERIFY_PARAM_set_flags(when.get(), X509_V_FLAG_X509_STRICT);
    ::X509_STORE_set1_param(store.get(), when.get());
    out.verified = ::OCSP_basic_verify(basic.get(), nullptr, store.get(), 0) == 1;
    out.nonce = asked == nullptr ? 0 : ::OCSP_check_nonce(asked.get(), basic.get());
    out.producedAt = timeOf(::OCSP_resp_get0_produced_at(basic.get()));
    for (int i = 0; i < ::OCSP_resp_count(basic.get()); ++i) {
        int reason = -1;
        ASN1_GENERALIZEDTIME *revoked = nullptr, *since = nullptr, *until = nullptr;
        const int status =
            ::OCSP_single_get0_status(::OCSP_resp_get0(basic.get(), i), &reason, &revoked, &since, &until);
        out.singles.push_back({status, reason, revoked != nullptr ? std::optional(timeOf(revoked)) : std::nullopt,
                               timeOf(since), timeOf(until)});
    }
    X509* signer = nullptr;
    if (::OCSP_resp_get0_signer(basic.get(), &signer, nullptr) == 1) {
        const crypto::OctetsPtr line(
            reinterpret_cast<unsigned char*>(::X509_NAME_oneline(::X509_get_subject_name(signer), nullptr, 0)));
        out.responder = reinterpret_cast<const char*>(line.get());
    }
    crypto::dropOpensslErrors();
    return out;
}

}  // namespace mailca::test
