// Conditional GET (RFC 9110 section 13), for answers that HTTP caches may keep.
#pragma once

#include <string>

#include "core/clock.h"
#include "web/request.h"

namespace mailca::repository {

struct Validators {
    std::string etag;  // with its quotation marks; strong
    Time lastModified;
};

// Whether the client already has what these describe: 304 without a body then. If-None-Match goes before
// If-Modified-Since (section 13.2.2); a date that is none is not looked at (section 13.1.3).
bool hasAlready(const web::Request& request, const Validators& validators);

}  // namespace mailca::repository
