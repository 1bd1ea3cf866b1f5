// A delegated responder (standards F17): a key made in memory, certified by the issuing CA whose certificates it speaks
// of. It lives for days and ends with the process; nobody has to look after it.
#pragma once

#include "ca/authority.h"
#include "ca/ledger.h"
#include "core/random.h"

namespace mailca::ca::ocsp {

struct Delegate {
    crypto::PrivateKey key;
    x509::Certificate certificate;
};

// Built, linted, recorded, signed, compared, recorded again. Errors as the ledger's; Lint.
Result<Delegate> makeDelegate(const Issuer& issuer, ServiceLedger& ledger, Time now, Random& random);

}  // namespace mailca::ca::ocsp
