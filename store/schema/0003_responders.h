// The certificates of the CAs' own OCSP responders.
#pragma once

#include <string_view>

namespace mailca::store::schema {

inline constexpr std::string_view k0003Responders = R"sql(
-- A row stands from the decision to sign; der is NULL until the certificate is recorded.
CREATE TABLE responder_certificates (
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
