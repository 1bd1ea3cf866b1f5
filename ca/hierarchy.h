// The hierarchies: a root, its issuing CAs and what they may be for. None hangs below another, because what one
// rulebook wants another forbids (D29, E1; SM2 is no algorithm of the S/MIME Baseline Requirements, D9).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/crypto/key.h"

namespace mailca::ca {

enum class Purpose : std::uint8_t {
    Mail,              // a mailbox signs and reads mail
    MailboxTimestamp,  // a mailbox timestamps: its own claim
    ServiceTimestamp,  // the service's own units; no profile belongs here
    Temporary          // keys that senders make for those who have none: nobody's control of a mailbox is proven
};

struct Hierarchy {
    std::string_view name;   // in profiles, in authority.toml, in the names of files
    std::string_view title;  // in the names of its CAs
    Purpose purpose;
    bool sm2;  // SM2 keys and no other; else RSA and the curves of NIST, and no SM2
    // Extended key usages, dotted: the first is in every certificate, the others may be; an issuing CA has all (D21,
    // D29).
    std::span<const std::string_view> usages;
    // The policy of its certificates unless the operator has an own one: of RFC 5612's example arc.
    std::string_view policy;

    bool isTimestamp() const { return purpose == Purpose::MailboxTimestamp || purpose == Purpose::ServiceTimestamp; }
    bool takes(crypto::KeyType key) const { return (key == crypto::KeyType::Sm2) == sm2; }
};

inline constexpr std::string_view kSmime = "smime", kSmimeMultipurpose = "smime-multipurpose",
                                  kMailboxTimestamp = "mailbox-timestamp", kServiceTimestamp = "timestamp",
                                  kSm2Smime = "sm2-smime", kSm2MailboxTimestamp = "sm2-mailbox-timestamp",
                                  kSm2ServiceTimestamp = "sm2-timestamp", kTemporary = "temporary";

std::span<const Hierarchy> hierarchies();                // in the order of a ceremony
const Hierarchy* findHierarchy(std::string_view name);   // nullptr: there is none of that name
const Hierarchy& hierarchyNamed(std::string_view name);  // throws std::logic_error: a name that was not checked
std::string namesOfHierarchies();                        // for error messages: "smime", "...", ...

}  // namespace mailca::ca
