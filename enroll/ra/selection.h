// Which certificates an operator means: everything that is named has to hold of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/json/json.h"
#include "enroll/ra/types.h"

namespace mailca::ra {

inline constexpr std::size_t kMostSerials = 500;  // in one selection; longer lists come in several

struct CertificateSelection {
    std::vector<Serial> serials;  // one of these; empty: any
    std::optional<EmailAddress> mailbox;
    std::optional<Bytes> spkiSha256;  // of the certified key
    std::optional<std::string> issuer;
    std::optional<std::string> profile;
    std::optional<Time> issuedFrom, issuedBefore;

    // As it is sent and kept: {"serials": [HEX, ...], "mailbox", "spki": HEX of SHA-256, "issuer", "profile",
    // "issuedFrom", "issuedBefore": RFC 3339}.
    json::Value toJson() const;
    // Malformed: an unknown member, a value that is none, nothing selected at all.
    static Result<CertificateSelection> fromJson(const json::Value& value);
};

struct SelectedCertificate {
    Serial serial;
    std::string issuer;
    std::string profile;                  // empty: of the service's own parts, an OCSP responder or a timestamping unit
    std::optional<EmailAddress> mailbox;  // nullopt: of the service's own parts
    Time issuedAt, notAfter;
    CertificateState state;

    bool isOfService() const { return !mailbox; }
};

// A part of a walk over all certificates.
struct SelectionPage {
    std::vector<SelectedCertificate> certificates;
    std::optional<std::int64_t> next;  // where the walk goes on; nullopt: at its end
};

}  // namespace mailca::ra
