// The service's own timestamps over HTTP (RFC 3161 section 3.4; standards E8):
//   POST /timestamp    application/timestamp-query
#pragma once

#include "ca/tsa/timestamps.h"
#include "repository/port.h"
#include "web/route.h"

namespace mailca::repository {

// `timestamps` must outlive the router.
void addTimestampRoutes(web::Router& router, const ca::tsa::Timestamps& timestamps);

// Whether the unit's certificate is revoked; true also when that cannot be found out.
bool isRevoked(const ca::TimestampUnit& unit, StatusBook& statuses);

}  // namespace mailca::repository
