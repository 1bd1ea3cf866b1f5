// OCSP over plain HTTP (RFC 6960 appendix A, RFC 9919 sections 6 and 7; standards F11-F13, F22):
//   GET /ocsp/{request}    base64 of the DER, percent-encoded or not
//   POST /ocsp             application/ocsp-request
#pragma once

#include <string_view>

#include "ca/ocsp/request.h"
#include "core/clock.h"
#include "repository/ocsp_answers.h"
#include "web/route.h"

namespace mailca::repository {

// Both references must outlive the router.
void addOcspRoutes(web::Router& router, OcspAnswers& answers, const Clock& clock);

// The request in the rest of a path, as it was sent. Malformed.
Result<ca::ocsp::Request> readOcspPath(std::string_view rest);

}  // namespace mailca::repository
