// When to renew (RFC 9773): how certificates are named, and the window in which the whole set that one of them came
// with had better be replaced.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/authority.h"
#include "enroll/acme/services.h"

namespace mailca::acme {

struct NamedCertificate {
    std::string issuer;
    Serial serial;
};
// Malformed: not written so; NotFound: of no issuing CA of ours (C6).
Result<NamedCertificate> parseCertificateName(const ca::Authority& authority, std::string_view name);
// The certificate of that name. NotFound besides: never issued.
Result<ra::CertificateRecord> certificateNamed(const Services& services, std::string_view name);

struct RenewalWindow {
    Time start, end;
};
// `set`: not empty. The first half of the last third of the life that ends first; in the past as soon as one of them is
// revoked (C4).
RenewalWindow renewalWindow(const std::vector<ra::CertificateRecord>& set);

}  // namespace mailca::acme
