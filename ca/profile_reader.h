// From the text of policies/*.toml to a checked Profile: the ceilings of the rulebook lie in this conversion, so that a
// profile which breaks a rule cannot exist. Errors are of kind Config and name the file, the line and the rule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/hierarchy.h"
#include "ca/profile.h"

namespace mailca::ca {

Result<Profile> readProfile(const std::string& name, std::string_view text);

struct BundleEntry {
    std::string name;
    std::string description;
    std::vector<std::string> profiles;
};
struct BundleFile {
    std::string defaultProfile;
    std::vector<BundleEntry> bundles;
};
Result<BundleFile> readBundles(std::string_view text);

// Dotted decimal with two arcs or more, as RFC 4512 section 1.4 writes it.
bool isOid(std::string_view text);
// D1: anyPolicy and the OIDs that the CA/B Forum reserves (2.23.140.1) are nobody's to assert until every rule behind
// them is enforced.
bool isReservedPolicy(std::string_view oid);

}  // namespace mailca::ca
