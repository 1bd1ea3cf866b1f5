// The ACME directory (RFC 8555 section 7.1.1) with this project's additions to its meta: bundles and the exchange.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/http.h"
#include "core/result.h"

namespace mailca::client::acme {

struct Directory {
    std::string url;
    std::string newNonce, newAccount, newOrder, revokeCert;
    std::string renewalInfo;                                  // RFC 9773; empty: none
    std::string mailboxCertificates;                          // docs/acme.md; empty: none
    std::string termsOfService;                               // empty: none
    std::string exchange;                                     // base URL of the exchange; empty: none
    std::map<std::string, std::string> profiles;              // name: description (draft-ietf-acme-profiles)
    std::map<std::string, std::vector<std::string>> bundles;  // name: profiles

    // The profiles behind the name of a profile or bundle. InvalidProfile with what there is.
    Result<std::vector<std::string>> profilesOf(const std::string& name) const;
    // NotFound when this server has no exchange.
    Result<std::string> exchangeUrl() const;
};

Result<Directory> parseDirectory(std::string_view body, const std::string& url);
Result<Directory> fetchDirectory(Http& http, const std::string& url);

}  // namespace mailca::client::acme
