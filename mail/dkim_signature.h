// A DKIM-Signature field, parsed and judged before any key is asked for (RFC 6376 sections 3.5 and 6.1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace mailca::mail {

struct DkimSignature {
    std::string domain;                      // d=, lower case
    std::string selector;                    // s=
    std::string algorithm;                   // a=
    std::string identity;                    // i=, or "@" and d=
    std::string identityDomain;              // lower case
    std::vector<std::string> signedHeaders;  // h=, lower case, in order
    std::optional<std::int64_t> signedAt;    // t=, seconds since 1970
    std::optional<std::int64_t> expiresAt;   // x=
    bool hasLengthTag = false;

    std::string keyName() const { return selector + "._domainkey." + domain; }
};

// Parse error with the reason: a required tag is missing, twice or outside its grammar (J3).
Result<DkimSignature> parseDkimSignature(std::string_view fieldValue);
// What we hold against a well-formed one: rsa-sha1 and unknown algorithms (J2), l= (J4), expired or from the future
// (J3).
Result<void> checkDkimSignature(const DkimSignature& signature, Time now);

}  // namespace mailca::mail
