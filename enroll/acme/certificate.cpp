#include "core/x509/pem.h"
#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

// The chain below the root, leaf first (B44). One family of clients wants at least two certificates (interop 5.1).
Result<std::string> pemChain(const Services& services, const ra::CertificateRecord& record) {
    const ca::Issuer* issuer = services.authority.find(record.issuer);
    if (issuer == nullptr) return fail(ErrorKind::ServerInternal, "no issuing CA of the name " + record.issuer);
    std::string pem = x509::certificatePem(record.der) + issuer->certificate.pem();
    for (const x509::Certificate& above : issuer->chain) {
        if (!(above == issuer->root())) pem += above.pem();
    }
    return pem;
}

bool wants(std::string_view accept, std::string_view mediaType) {
    return accept.find(mediaType) != std::string_view::npos;
}

}  // namespace

Result<Answer> certificate(const Services& services, const Signed& request, const std::string& id,
                           std::string_view accept) {
    TRY(const CertificateId certificateId, CertificateId::parse(id));
    TRY(const ra::CertificateRecord record, services.certificateBook.find(certificateId));
    if (record.account != request.account->id) return fail(ErrorKind::Unauthorized, "another account's certificate");

    if (wants(accept, "application/pkix-cert") && !wants(accept, "application/pem-certificate-chain")) {
        const ca::Issuer* issuer = services.authority.find(record.issuer);
        Answer answer{.body = std::string(asText(record.der)), .contentType = "application/pkix-cert"};
        if (issuer != nullptr) answer.headers.emplace_back("Link", "<" + issuer->certificateUrl() + ">;rel=\"up\"");
        return answer;
    }
    TRY(std::string pem, pemChain(services, record));
    return Answer{.body = std::move(pem), .contentType = "application/pem-certificate-chain"};
}

Result<Answer> revokeCert(const Services& services, const Signed& request) {
    const auto encoded = request.payload.string("certificate");
    if (!encoded) return fail(ErrorKind::Malformed, "revokeCert needs a member certificate: base64url of its DER");
    TRY(const Bytes der, fromBase64Url(*encoded));
    std::optional<int> reason;
    if (const json::Value* given = request.payload.find("reason")) {
        const std::int64_t* code = given->asInteger();
        if (code == nullptr || *code < 0 || *code > 10) {
            return fail(ErrorKind::BadRevocationReason, "reason must be one of 0, 1, 3, 4, 5, 9");
        }
        reason = static_cast<int>(*code);
    }
    const ra::Revocations::Requester requester =
        request.account ? ra::Revocations::Requester(*request.account) : ra::Revocations::Requester(request.key->key);
    TRY_VOID(services.revocations.revoke(requester, der, reason));
    services.revoked();
    return Answer{.body = std::string(), .contentType = ""};
}

}  // namespace mailca::acme
