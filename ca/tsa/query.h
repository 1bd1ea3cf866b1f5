// A timestamp query (RFC 3161 section 2.4.1): facts, no judgement.
#pragma once

#include <cstdint>
#include <optional>

#include "core/bytes.h"

namespace mailca::ca::tsa {

// Bytes: the DER as it stands.
struct Query {
    std::int64_t version = 0;
    Bytes imprint;                   // MessageImprint
    Bytes hash;                      // OBJECT IDENTIFIER
    bool hashHasParameters = false;  // other than NULL
    std::size_t imprintSize = 0;     // octets of the digest
    Bytes policy;                    // OBJECT IDENTIFIER; empty: none asked for
    Bytes nonce;                     // INTEGER; empty: none
    bool certificates = false;       // the signer's are wanted
    bool extensions = false;         // at least one

    // nullopt unless it is a TimeStampReq in DER and nothing stands behind it (E9).
    static std::optional<Query> parse(ByteView der);
};

}  // namespace mailca::ca::tsa
