// When the server wants a certificate renewed (RFC 9773): much earlier than its life would say, if it is to be revoked.
#pragma once

#include <optional>
#include <string>

#include "client/acme/directory.h"
#include "core/clock.h"
#include "core/x509/certificate.h"

namespace mailca::client::acme {

struct RenewalInfo {
    Time at;                     // inside the suggested window, the same at each question
    std::string explanationUrl;  // a page for people; empty: none
};

// nullopt: this server has no such information, or gives none that can be used. Then the certificate's own life decides
// (section 4.3.3).
std::optional<RenewalInfo> renewalInfoOf(Http& http, const Directory& directory, const x509::Certificate& certificate);

}  // namespace mailca::client::acme
