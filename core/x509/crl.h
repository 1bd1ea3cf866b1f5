// A parsed CRL (RFC 5280 section 5).
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
    static Result<Crl> fromDer(ByteView der);

    const Bytes& der() const { return m_der; }
    Bytes tbs() const;
    Bytes issuerDer() const;
    Time thisUpdate() const;
    std::optional<Time> nextUpdate() const;
    std::optional<std::uint64_t> number() const;
    std::string distributionPoint() const;                       // of the IDP; empty: none
    std::vector<RevokedEntry> revoked() const;
    std::optional<RevokedEntry> find(const Serial& serial) const;
    Result<void> verifySignature(const Certificate& issuer) const;

   private:
    Crl(std::shared_ptr<X509_crl_st> crl, Bytes der) : m_crl(std::move(crl)), m_der(std::move(der)) {}
    std::shared_ptr<X509_crl_st> m_crl;
    Bytes m_der;
};

}  // namespace mailca::x509
