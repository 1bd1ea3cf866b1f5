// The service's own timestamps over HTTP (RFC 3161 section 3.4; standards E8):
//   POST /timestamp    application/timestamp-query
#pragma once

#include "ca/signer/signer.h"
#include "web/route.h"

namespace mailca::repository {

// `signer` must outlive the router.
void addTimestampRoutes(web::Router& router, ca::Signer& signer);

}  // namespace mailca::repository
