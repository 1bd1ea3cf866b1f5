// What the resources of the API work with. References only: the daemon owns everything here for longer than it serves.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ca/authority.h"
#include "core/clock.h"
#include "core/json/json.h"
#include "enroll/acme/account_keys.h"
#include "enroll/acme/chaos.h"
#include "enroll/acme/nonces.h"
#include "enroll/acme/urls.h"
#include "enroll/ra/incident_port.h"
#include "enroll/ra/issuance_desk.h"
#include "enroll/ra/service.h"

namespace mailca::acme {

struct Meta {
    std::string termsOfService, website;  // empty: none
    std::string exchangeUrl;
    std::vector<std::string> caaIdentities;
    bool externalAccountRequired = false;
};

struct Services {
    Urls urls;
    Meta meta;
    const Clock& clock;
    Nonces& nonces;
    AccountKeys& accountKeys;
    ra::AccountBook& accountBook;
    ra::CertificateBook& certificateBook;
    ra::IncidentBook& incidentBook;
    ra::Accounts& accounts;
    ra::Orders& orders;
    ra::Limits& limits;
    ra::Revocations& revocations;
    ra::IssuanceDesk& desk;
    const ca::Authority& authority;
    Chaos chaos;
    std::function<void()> mailReleased;  // wakes the outbox; never blocks
    std::function<void()> revoked;       // wakes the CRL schedule; never blocks
};

// What a resource answers; api.cpp adds what every answer carries (nonce, index link).
struct Answer {
    int status = 200;
    std::variant<json::Value, std::string> body;  // JSON, or bytes of contentType
    std::string contentType = "application/json";
    std::vector<std::pair<std::string, std::string>> headers = {};
};

}  // namespace mailca::acme
