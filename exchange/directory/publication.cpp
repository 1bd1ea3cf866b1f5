#include <array>
#include <utility>

#include "exchange/directory/port.h"

namespace mailca::exchange {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 3> kRoles{
    {{Role::Sign, "sign"}, {Role::Encrypt, "encrypt"}, {Role::Timestamp, "timestamp"}}};

// Roles follow from what the certificate itself says it is for (RFC 8550 section 4.4; standards D20, E1).
std::vector<Role> rolesOf(const x509::Certificate& certificate) {
    for (const std::string& purpose : certificate.extendedKeyUsage()) {
        if (purpose == x509::oid::kTimeStamping) return {Role::Timestamp};
    }
    const unsigned usage = certificate.keyUsage().value_or(0);
    std::vector<Role> roles;
    if ((usage & (x509::kDigitalSignature | x509::kNonRepudiation)) != 0) roles.push_back(Role::Sign);
    if ((usage & (x509::kKeyEncipherment | x509::kKeyAgreement)) != 0) roles.push_back(Role::Encrypt);
    return roles;
}

std::string algorithmOf(const crypto::PublicKey& key) {
    std::string name(crypto::nameOf(key.type()));
    return key.type() == crypto::KeyType::Rsa ? name + "-" + std::to_string(key.bits()) : name;
}

}  // namespace

std::string_view nameOf(Role role) {
    return kRoles.at(static_cast<std::size_t>(role)).second;
}

std::optional<Role> roleNamed(std::string_view name) {
    for (const auto& [role, text] : kRoles) {
        if (text == name) return role;
    }
    return std::nullopt;
}

std::string_view nameOf(TrustClass trust) {
    static constexpr std::array<std::string_view, 3> kNames{"issued", "observed", "temporary"};
    return kNames.at(static_cast<std::size_t>(trust));
}

std::string_view nameOf(EntryState) {
    return "live";
}

Result<Publication> publicationOf(const EmailAddress& mailbox, const x509::Certificate& certificate, TrustClass trust) {
    std::vector<Role> roles = rolesOf(certificate);
    if (roles.empty()) {
        return fail(ErrorKind::Parse, "a certificate whose keyUsage names neither signing nor encryption");
    }
    return Publication{
        mailbox, certificate.der(),           std::move(roles),        algorithmOf(certificate.publicKey()),
        trust,   toHex(certificate.sha256()), certificate.notBefore(), certificate.notAfter()};
}

}  // namespace mailca::exchange
