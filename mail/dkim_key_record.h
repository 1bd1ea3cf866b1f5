// The TXT record with a DKIM public key (RFC 6376 section 3.6.1, RFC 8463 section 4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "mail/dkim_signature.h"

namespace mailca::mail {

struct DkimKeyRecord {
    std::string type;                   // k=, "rsa" unless told otherwise
    std::string publicKey;              // p=, base64 without white space; empty: revoked
    std::vector<std::string> hashes;    // h=; empty: all
    std::vector<std::string> services;  // s=; empty: all
    std::vector<std::string> flags;     // t=

    bool hasFlag(std::string_view flag) const;
};

Result<DkimKeyRecord> parseDkimKeyRecord(std::string_view text);
// J6: revoked, of another type or hash or service, t=y (testing), t=s with i= below d=.
Result<void> checkDkimKeyRecord(const DkimKeyRecord& record, const DkimSignature& signature);

}  // namespace mailca::mail
