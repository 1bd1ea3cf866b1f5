// The lookup as a route: GET /v1/mailboxes/{address}?roles=encrypt,sign,timestamp.
#pragma once

#include "core/clock.h"
#include "exchange/directory/port.h"
#include "web/route.h"

namespace mailca::exchange {

// `directory` and `clock` must outlive the router. Answers carry an ETag and Cache-Control: no-cache: a withdrawn
// certificate is gone from the very next answer, a cache has to ask each time (304 when nothing changed).
void addRoutes(web::Router& router, Directory& directory, const Clock& clock);

}  // namespace mailca::exchange
