#include "ca/tsa/timestamps.h"

#include <openssl/ts.h>

#include <array>

#include "core/crypto/algorithm.h"
#include "core/crypto/openssl.h"
#include "core/log.h"
#include "core/x509/der.h"

namespace mailca::ca::tsa {
namespace {

namespace der = x509::der;
using ContextPtr = crypto::Owned<TS_RESP_CTX, ::TS_RESP_CTX_free>;
using QueryPtr = crypto::Owned<TS_REQ, ::TS_REQ_free>;
using ReplyPtr = crypto::Owned<TS_RESP, ::TS_RESP_free>;
using IntegerPtr = crypto::Owned<ASN1_INTEGER, ::ASN1_INTEGER_free>;
using ObjectPtr = crypto::Owned<ASN1_OBJECT, ::ASN1_OBJECT_free>;
using CertificatesPtr = crypto::Owned<STACK_OF(X509), [](STACK_OF(X509) * all) { sk_X509_free(all); }>;

constexpr std::size_t kSerialOctets = 16;  // E16: unique for ever, without a counter that a restored backup could reset
constexpr unsigned kMillisecondDigits = 3;

// E10: SHA-1 and MD5 stay outside.
std::array<const EVP_MD*, 6> imprintHashes() {
    return {::EVP_sha256(), ::EVP_sha384(), ::EVP_sha512(), ::EVP_sha3_256(), ::EVP_sha3_384(), ::EVP_sha3_512()};
}

// E20: the hash of the token's signature is that of the signature on the unit's certificate.
const EVP_MD* signingHash(const TimestampUnit& unit) {
    const EVP_MD* const hash = crypto::digestOf(unit.issuer->key.defaultAlgorithm());
    return hash == nullptr ? ::EVP_sha256() : hash;  // Ed25519 names none
}

// What OpenSSL reads is what was sent, octet for octet: DER, and nothing behind it (E9).
bool isDerQuery(ByteView query) {
    const auto read = crypto::decodeDer<QueryPtr>(query, ::d2i_TS_REQ);
    if (read == nullptr) return false;
    const Bytes again = crypto::encodeDer(read.get(), ::i2d_TS_REQ);
    return std::equal(again.begin(), again.end(), query.begin(), query.end());
}

bool isRejectionWithoutReason(TS_RESP* reply) {
    TS_STATUS_INFO* info = ::TS_RESP_get_status_info(reply);
    const long status = ::ASN1_INTEGER_get(::TS_STATUS_INFO_get0_status(info));
    const bool granted = status == TS_STATUS_GRANTED || status == TS_STATUS_GRANTED_WITH_MODS;
    return !granted && ::TS_STATUS_INFO_get0_failure_info(info) == nullptr;
}

Error broken() {
    return crypto::opensslError("no timestamp can be made");
}

}  // namespace

// What the library's callbacks need of one query.
struct Timestamps::Call {
    const Timestamps& self;

    static ASN1_INTEGER* serial(TS_RESP_CTX* /*context*/, void* call) {
        Bytes octets = static_cast<Call*>(call)->self.m_random.bytes(kSerialOctets);
        octets[0] |= 0x80U;  // never shorter, never zero; DER puts a zero octet before it
        const crypto::BignumPtr number(::BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
        return number == nullptr ? nullptr : ::BN_to_ASN1_INTEGER(number.get(), nullptr);
    }
    static int time(TS_RESP_CTX* context, void* call, long* seconds, long* microseconds) {
        const Timestamps& self = static_cast<Call*>(call)->self;
        const auto now = self.m_clock.now();
        if (!now) {
            log::warning("timestamp.no_time", {{"why", now.error().detail}});
            refuse(context, TS_INFO_TIME_NOT_AVAILABLE, "the clock is not in step with UTC");
            return 0;
        }
        if (*now >= self.m_keyEnd) {
            log::error("timestamp.key_ended", {{"unit", self.m_unit.name}, {"at", toRfc3339(self.m_keyEnd)}});
            refuse(context, TS_INFO_SYSTEM_FAILURE, "the key of the timestamping unit may not be used any more");
            return 0;
        }
        const auto second = std::chrono::floor<std::chrono::seconds>(*now);
        *seconds = static_cast<long>(toUnix(second));
        *microseconds = static_cast<long>((*now - second).count()) * 1000;
        return 1;
    }
    static void refuse(TS_RESP_CTX* context, int failure, const char* text) {
        ::TS_RESP_CTX_set_status_info(context, TS_STATUS_REJECTION, text);
        ::TS_RESP_CTX_add_failure_info(context, failure);
    }
};

Bytes encodeRejection(Failure failure, std::string_view text) {
    return der::sequence({der::sequence({der::smallInteger(2), der::sequence({der::text(der::kUtf8String, text)}),
                                         der::namedBits(1U << static_cast<unsigned>(failure))})});
}

Timestamps::Timestamps(const TimestampUnit& unit, const TrustedClock& clock, Random& random, milliseconds accuracy)
    : m_unit(unit), m_clock(clock), m_random(random), m_accuracy(accuracy), m_keyEnd(unit.keyEnd()) {}

Bytes Timestamps::answer(ByteView query) const {
    if (!isDerQuery(query)) {
        return encodeRejection(Failure::BadDataFormat,
                               "the query is no TimeStampReq in DER, or something stands behind");
    }
    auto reply = respond(query);
    if (reply) return *std::move(reply);
    log::error("timestamp.failed", {{"why", reply.error().text()}});
    return encodeRejection(Failure::SystemFailure, "the service failed; try again later");
}

Result<Bytes> Timestamps::respond(ByteView query) const {
    const ContextPtr context(::TS_RESP_CTX_new());
    const ObjectPtr policy(::OBJ_txt2obj(m_unit.policy().c_str(), 1));
    const CertificatesPtr chain(sk_X509_new_null());
    if (context == nullptr || policy == nullptr || chain == nullptr ||
        sk_X509_push(chain.get(), m_unit.issuer->certificate.handle()) <= 0) {
        return broken();
    }
    TS_RESP_CTX* with = context.get();
    const auto accuracy = std::chrono::floor<std::chrono::seconds>(m_accuracy);
    const bool ready = ::TS_RESP_CTX_set_signer_cert(with, m_unit.certificate.handle()) == 1 &&
                       ::TS_RESP_CTX_set_signer_key(with, m_unit.key.handle()) == 1 &&
                       ::TS_RESP_CTX_set_signer_digest(with, signingHash(m_unit)) == 1 &&
                       ::TS_RESP_CTX_set_ess_cert_id_digest(with, ::EVP_sha256()) == 1 &&  // E17: ESSCertIDv2
                       ::TS_RESP_CTX_set_certs(with, chain.get()) == 1 &&
                       ::TS_RESP_CTX_set_def_policy(with, policy.get()) == 1 &&
                       ::TS_RESP_CTX_set_clock_precision_digits(with, kMillisecondDigits) == 1 &&
                       ::TS_RESP_CTX_set_accuracy(with, static_cast<int>(accuracy.count()),
                                                  static_cast<int>((m_accuracy - accuracy).count()), 0) == 1;
    if (!ready) return broken();
    for (const EVP_MD* hash : imprintHashes()) {
        if (::TS_RESP_CTX_add_md(with, hash) != 1) return broken();
    }
    Call call{*this};
    ::TS_RESP_CTX_set_serial_cb(with, Call::serial, &call);
    ::TS_RESP_CTX_set_time_cb(with, Call::time, &call);

    const crypto::BioPtr bytes = crypto::reader(query);
    const ReplyPtr reply(::TS_RESP_create_response(with, bytes.get()));
    if (reply == nullptr || isRejectionWithoutReason(reply.get())) return broken();
    crypto::dropOpensslErrors();  // of a query that was refused
    return crypto::encodeDer(reply.get(), ::i2d_TS_RESP);
}

}  // namespace mailca::ca::tsa
