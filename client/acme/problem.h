// What an ACME server says no with (RFC 8555 section 6.7, RFC 9457), as an Error.
#pragma once

#include "core/http/client.h"
#include "core/json/json.h"
#include "core/result.h"

namespace mailca::client::acme {

// Of an answer that is no success: the kind by its type (NotFound and
// Unavailable by the status: 404, 503), the server's words, and what to do when there is something.
Error problemOf(const http::Reply& reply);
// Of the "error" member of an order, authorization or challenge.
Error problemOf(const json::Value& problem);

// Retry-After in seconds, at least 1 and at most 60; `otherwise` when there is none.
seconds retryAfter(const http::Reply& reply, seconds otherwise);

}  // namespace mailca::client::acme
