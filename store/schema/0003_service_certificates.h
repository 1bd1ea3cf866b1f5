// The certificates that the CAs give the service's own parts: OCSP responders, timestamping units.
#pragma once

#include <string_view>

namespace mailca::store::schema {

inline constexpr std::string_view k0003ServiceCertificates = R"sql(
-- A row stands from the decision to sign; der is NULL until the certificate is recorded.
CREATE TABLE service_certificates (
    nr          INTEGER PRIMARY KEY,
    issuer      TEXT NOT NULL,
    serial      BLOB NOT NULL,
    tbs_sha256  BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    der         BLOB,
    UNIQUE (serial, issuer)
) STRICT;
)sql";

}  // namespace mailca::store::schema
