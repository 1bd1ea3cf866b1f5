// Certificates found by their key, so that an ACME account cannot have a certificate's key; why a key was blocked.
// Makes use of the function spki_sha256(packed_der, model).
#pragma once

#include <string_view>

namespace mailca::store::schema {

inline constexpr std::string_view k0005Keys = R"sql(
CREATE TABLE certificate_keys (
    spki8       BLOB NOT NULL,                  -- of SHA-256 of the SubjectPublicKeyInfo, the first 8 octets
    certificate INTEGER NOT NULL REFERENCES certificates,
    PRIMARY KEY (spki8, certificate)
) STRICT, WITHOUT ROWID;
INSERT INTO certificate_keys SELECT substr(spki_sha256(k.packed_der, m.der), 1, 8), k.nr
    FROM certificates k JOIN certificate_models m ON m.nr = k.model;

ALTER TABLE blocked_keys ADD COLUMN comment TEXT NOT NULL DEFAULT '';   -- an operator's
)sql";

}  // namespace mailca::store::schema
