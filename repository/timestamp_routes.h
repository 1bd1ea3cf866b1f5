// The service's own timestamps over HTTP (RFC 3161 section 3.4; standards E8):
//   POST /timestamp    application/timestamp-query
#pragma once

#include "ca/tsa/timestamps.h"
#include "web/route.h"

namespace mailca::repository {

// `timestamps` must outlive the router.
void addTimestampRoutes(web::Router& router, const ca::tsa::Timestamps& timestamps);

}  // namespace mailca::repository
