// The two spellings of an ECDSA signature: r || s of fixed length (RFC 7518 section 3.4) and DER. Internal to core/.
#pragma once

#include "core/bytes.h"
#include "core/result.h"

namespace mailca::jose {

// `raw` must be twice `size` octets long; Malformed otherwise.
Result<Bytes> ecdsaToDer(ByteView raw, std::size_t size);
Result<Bytes> ecdsaFromDer(ByteView der, std::size_t size);

}  // namespace mailca::jose
