// A parsed CRL (RFC 5280 section 5). Immutable, thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/x509/builder.h"
#include "core/x509/certificate.h"

struct X509_crl_st;

namespace mailca::x509 {

class Crl {
 public:
    // Parse: trailing bytes, BER, and a CRL that must not be read as a whole one (delta, indirect, some reasons only,
    // unknown critical extensions).
    static Result<Crl> fromDer(ByteView der);

    const Bytes& der() const { return m_der; }
    Bytes tbs() const;
    Bytes issuerDer() const;
    Time thisUpdate() const;
    std::optional<Time> nextUpdate() const;
    std::optional<std::uint64_t> number() const;  // nullopt: none, or beyond 64 bits
    std::string distributionPoint() const;        // of the IDP; empty: none
    std::vector<RevokedEntry> revoked() const;
    std::optional<RevokedEntry> find(const Serial& serial) const;
    Result<void> verifySignature(const Certificate& issuer) const;  // Crypto: another issuer's, or broken

 private:
    struct Facts;
    Crl(std::shared_ptr<X509_crl_st> crl, Bytes der, std::shared_ptr<const Facts> facts);
    std::shared_ptr<X509_crl_st> m_crl;
    Bytes m_der;
    std::shared_ptr<const Facts> m_facts;
};

}  // namespace mailca::x509
