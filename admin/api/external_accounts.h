// The operators' view of the keys for external account binding (standards B29).
#pragma once

#include "admin/api/routes.h"

namespace mailca::admin {

Result<web::Response> externalAccounts(const Services& services, const web::Request& request);
Result<web::Response> makeExternalAccount(const Services& services, const web::Request& request);
Result<web::Response> revokeExternalAccount(const Services& services, const web::Request& request);

}  // namespace mailca::admin
