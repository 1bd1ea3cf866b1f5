// What the URLs inside certificates point to, and the anchors:
//   GET /issuer/{name}.cer        issuing CAs and roots, DER (standards F9)
//   GET /crl/{issuer}/{shard}.crl  CRL shards (F8);  GET /crl/{issuer}.crl  all of them in one
//   GET /crl/{root}.crl            the roots' own
//   GET /v1/roots                  the roots as PEM, for clients to pin at first use
#pragma once

#include "ca/authority.h"
#include "core/clock.h"
#include "repository/port.h"
#include "repository/root_crls.h"
#include "web/route.h"

namespace mailca::repository {

// All references must outlive the router.
void addRoutes(web::Router& router, const ca::Authority& authority, const RootCrls& roots, CrlBook& crls,
               const Clock& clock);

}  // namespace mailca::repository
