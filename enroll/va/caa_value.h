// The value of an issuemail property (RFC 9495 section 3, the grammar of RFC 8659 section 4.2), to parts. No judgement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailca::va {

struct CaaParameter {
    std::string tag;  // lower case
    std::string value;
};

struct CaaGrant {
    std::string issuer;  // lower case; empty: nobody (C20)
    std::vector<CaaParameter> parameters;
};

// nullopt: not of the grammar (C19).
std::optional<CaaGrant> parseCaaGrant(std::string_view value);

}  // namespace mailca::va
