// What a delivery status notification says of each recipient (RFC 3464 section 2.3). Facts; nobody vouches for them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailca::mail {

struct RecipientStatus {
    std::string action;      // "failed", "delayed", ...; lower case
    std::string status;      // "5.1.1"
    std::string diagnostic;  // the other server's words; printable ASCII, 200 octets at most
};

// Of the content of a message/delivery-status part, line ends as they come. A group of fields that is none of a
// recipient, or ill-formed, is left out.
std::vector<RecipientStatus> parseDeliveryStatus(std::string_view content);

}  // namespace mailca::mail
