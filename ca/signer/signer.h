// The port to the private keys. Whoever holds a Signer can ask for what policy allows, never for a signature on bytes
// of his own: profile, key policy, lint and serial number are the signer's side (docs/decisions/signer.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ca/audit/log.h"
#include "ca/crl.h"
#include "ca/issuance_request.h"
#include "ca/ocsp/response.h"

namespace mailca::ca {

using Handle = Id<struct HandleTag>;

// What will be signed, for the intent that has to be recorded before.
struct PreparedCertificate {
    std::string issuer;  // name
    Serial serial;
    Bytes tbsSha256;  // of the linted bytes
    Bytes spkiSha256;
};
struct Prepared {
    Handle handle;
    std::vector<PreparedCertificate> certificates;  // in the order of the requests
};

struct StatusRequest {
    std::string issuer;  // name
    Serial responder;    // of the certificate that prepareResponder() was for
    std::vector<ocsp::SingleResponse> responses;
    Bytes nonce;  // empty: none
};

struct TimestampRequest {
    Bytes query;                            // as it came, DER or not
    std::vector<std::string> revokedUnits;  // names of units whose certificates are: they give no tokens any more
};

struct AuditStatement {
    audit::Head head;
    Time at;
};

// Thread-safe. Unavailable, from all of them: there is no signer now, or it is overloaded; nothing was signed that
// anybody knows of. Crypto: what was signed did not stand the comparison.
class Signer {
 public:
    virtual ~Signer() = default;

    // Builds and lints every certificate of one order, all or none, and keeps it for sign() for a minute. Requests are
    // never empty. Caa, BadCsr, BadPublicKey, InvalidProfile, Config, Lint.
    virtual Result<Prepared> prepare(const std::vector<IssuanceRequest>& requests) = 0;
    // The same for a new OCSP responder of this issuing CA, whose key is the signer's.
    virtual Result<Prepared> prepareResponder(const std::string& issuer) = 0;
    // Signs and compares what was prepared, once; DER, in the order of preparation. NotFound: an unknown handle, or one
    // that was used or is too old.
    virtual Result<std::vector<Bytes>> sign(const Handle& handle) = 0;

    // DER. Lint, Config (unknown issuing CA), Malformed (a time that no CRL of today can have).
    virtual Result<Bytes> signCrl(const std::string& issuer, const CrlRequest& request) = 0;
    // NotFound: the signer does not know this responder, or not any more; prepare another. Lint.
    virtual Result<ocsp::SignedResponse> signStatus(const StatusRequest& request) = 0;
    // A TimeStampResp in DER, granted or not (RFC 3161). NotFound: the ceremony made no unit.
    virtual Result<Bytes> timestamp(const TimestampRequest& request) = 0;
    // ECDSA with SHA-256 over statementOf() (ca/audit/log.h), DER. NotFound: the ceremony made no audit key.
    virtual Result<Bytes> signAuditHead(const AuditStatement& statement) = 0;
};

}  // namespace mailca::ca
