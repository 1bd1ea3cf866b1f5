// The ACME API (RFC 8555, RFC 8823) as routes of a web server. docs/acme-divergences.md says what differs from the
// RFCs.
#pragma once

#include "enroll/acme/services.h"
#include "web/route.h"

namespace mailca::acme {

// `services` must outlive the router. Every route runs to completion and waits for nothing but durable commits and, in
// finalize, at most 200 ms for the issuance worker.
void addRoutes(web::Router& router, const Services& services);

}  // namespace mailca::acme
