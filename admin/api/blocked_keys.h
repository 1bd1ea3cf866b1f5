// Keys that no certificate and no account may have any more (standards D13).
#pragma once

#include "admin/api/routes.h"

namespace mailca::admin {

Result<web::Response> blockedKeys(const Services& services, const web::Request& request);
Result<web::Response> blockKey(const Services& services, const web::Request& request);

}  // namespace mailca::admin
