#include "ca/hierarchy.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "core/x509/certificate.h"

namespace mailca::ca {
namespace {

// The multipurpose generation may add more; clientAuth is the one that will stay allowed (D21).
constexpr std::array kMail{x509::oid::kEmailProtection};
constexpr std::array kMailAndLogin{x509::oid::kEmailProtection, x509::oid::kClientAuth};
constexpr std::array kTimestamping{x509::oid::kTimeStamping};

constexpr std::array kHierarchies{
    Hierarchy{kSmime, "S/MIME", Purpose::Mail, false, kMail, "1.3.6.1.4.1.32473.1.1"},
    Hierarchy{kMailboxTimestamp, "Mailbox Timestamping", Purpose::MailboxTimestamp, false, kTimestamping,
              "1.3.6.1.4.1.32473.1.2"},
    Hierarchy{kServiceTimestamp, "Timestamping", Purpose::ServiceTimestamp, false, kTimestamping,
              "1.3.6.1.4.1.32473.1.3"},
    Hierarchy{kSm2Smime, "SM2 S/MIME", Purpose::Mail, true, kMail, "1.3.6.1.4.1.32473.1.4"},
    Hierarchy{kSm2MailboxTimestamp, "SM2 Mailbox Timestamping", Purpose::MailboxTimestamp, true, kTimestamping,
              "1.3.6.1.4.1.32473.1.5"},
    Hierarchy{kSm2ServiceTimestamp, "SM2 Timestamping", Purpose::ServiceTimestamp, true, kTimestamping,
              "1.3.6.1.4.1.32473.1.6"},
    Hierarchy{kSmimeMultipurpose, "S/MIME Multipurpose", Purpose::Mail, false, kMailAndLogin, "1.3.6.1.4.1.32473.1.7"},
    Hierarchy{kTemporary, "Temporary Keys", Purpose::Temporary, false, kMail, "1.3.6.1.4.1.32473.1.8"},
};

}  // namespace

std::span<const Hierarchy> hierarchies() {
    return kHierarchies;
}

const Hierarchy* findHierarchy(std::string_view name) {
    const auto* const found = std::ranges::find(kHierarchies, name, &Hierarchy::name);
    return found == kHierarchies.end() ? nullptr : found;
}

const Hierarchy& hierarchyNamed(std::string_view name) {
    const Hierarchy* const found = findHierarchy(name);
    if (found == nullptr) throw std::logic_error("no hierarchy is called " + std::string(name));
    return *found;
}

std::string namesOfHierarchies() {
    std::string out;
    for (const Hierarchy& one : kHierarchies) out += (out.empty() ? "\"" : ", \"") + std::string(one.name) + "\"";
    return out;
}

}  // namespace mailca::ca
