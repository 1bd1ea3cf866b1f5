// The public key exchange database: what is published, to whom it belongs, how far it is trusted. The store implements
// the port; no web here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/email_address.h"
#include "core/result.h"
#include "core/x509/certificate.h"

namespace mailca::exchange {

// What a published certificate is for. A dual certificate is published under both Sign and Encrypt (roles is a set).
enum class Role : std::uint8_t { Sign, Encrypt, Timestamp };
std::string_view nameOf(Role role);  // "sign", "encrypt", "timestamp"
std::optional<Role> roleNamed(std::string_view name);

// How far an entry is trusted; never mixed up.
enum class TrustClass : std::uint8_t { Issued, Observed, Temporary };
std::string_view nameOf(TrustClass trust);  // "issued", "observed", "temporary"

enum class EntryState : std::uint8_t { Live };  // withdrawn and expired entries are never returned
std::string_view nameOf(EntryState state);

struct Entry {
    EmailAddress mailbox;
    Bytes certificate;  // DER
    std::vector<Role> roles;
    std::string algorithm;  // "RSA-3072", "P-256"
    TrustClass trust = TrustClass::Issued;
    EntryState state = EntryState::Live;
    std::string fingerprint;  // hex SHA-256 of the DER
    Time notBefore;
    Time notAfter;
    Time publishedAt;
};

// What an issuance publishes; the store writes it in the transaction that records the certificate.
struct Publication {
    EmailAddress mailbox;
    Bytes certificate;
    std::vector<Role> roles;
    std::string algorithm;
    TrustClass trust = TrustClass::Issued;
    std::string fingerprint;
    Time notBefore;
    Time notAfter;
};

// The publication of a certificate, its facts taken from the certificate itself. Parse: it says of no role that it is
// for it.
Result<Publication> publicationOf(const EmailAddress& mailbox, const x509::Certificate& certificate, TrustClass trust);

class Directory {
 public:
    virtual ~Directory() = default;
    // Every live entry of exactly this mailbox with one of these roles, newest first; live at `at`: notBefore <= at <=
    // notAfter and not withdrawn. Nobody there: an empty list. Thread-safe.
    virtual Result<std::vector<Entry>> lookup(const EmailAddress& mailbox, const std::vector<Role>& roles, Time at) = 0;
};

}  // namespace mailca::exchange
