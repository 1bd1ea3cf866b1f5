// Lookup by whole address: GET /v1/mailboxes/{address}. Pure of HTTP: strings in, an answer out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exchange/directory/port.h"

namespace mailca::exchange {

enum class Format { Json, Pem, Der };

struct LookupRequest {
    EmailAddress mailbox;
    std::vector<Role> roles;  // never empty
    Format format = Format::Json;
};

struct LookupAnswer {
    std::string contentType;
    std::string body = {};
    std::string etag = {};  // strong, quoted
};

// `address` percent-decoded already; `roles` "encrypt,sign", empty: encrypt; `accept` the header. Malformed: not an
// address, not a role. NotAcceptable: no format of ours.
Result<LookupRequest> parseLookup(std::string_view address, std::string_view roles, std::string_view accept);

// Nobody there: an empty list in JSON, NotFound in PEM and DER. Several certificates in DER are multipart/mixed (RFC
// 4387 section 2; standards G5).
Result<LookupAnswer> answerLookup(Directory& directory, const LookupRequest& request, Time at);

}  // namespace mailca::exchange
