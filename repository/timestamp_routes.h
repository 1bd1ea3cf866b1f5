// The service's own timestamps over HTTP (RFC 3161 section 3.4; standards E8):
//   POST /timestamp    application/timestamp-query
#pragma once

#include "ca/authority.h"
#include "ca/signer/signer.h"
#include "repository/port.h"
#include "web/route.h"

namespace mailca::repository {

// All of them must outlive the router. A unit whose certificate is revoked gives no tokens.
void addTimestampRoutes(web::Router& router, ca::Signer& signer, const ca::Authority& authority, StatusBook& statuses);

}  // namespace mailca::repository
