// Revocation of the certificates that an operator selects (routes.h lists the requests).
#pragma once

#include "admin/api/routes.h"

namespace mailca::admin {

Result<web::Response> certificates(const Services& services, const web::Request& request);
Result<web::Response> selected(const Services& services, const web::Request& request);
Result<web::Response> revoke(const Services& services, const web::Request& request);

// The CRLReason of a request's "reason", by its name; unspecified is written by leaving it out (standards D50).
Result<std::optional<int>> reasonOf(const json::Value& wanted);
std::string_view nameOfReason(const std::optional<int>& reason);

}  // namespace mailca::admin
