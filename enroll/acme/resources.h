// The resources of RFC 8555 section 7.1, one file each. A function gets what came through the door and answers.
#pragma once

#include <string>

#include "enroll/acme/door.h"

namespace mailca::acme {

// directory.cpp (section 7.1.1)
Answer directory(const Services& services);

// account.cpp (section 7.3)
Result<Answer> newAccount(const Services& services, const Signed& request);
Result<Answer> account(const Services& services, const Signed& request, const std::string& id);

// order.cpp (section 7.4)
Result<Answer> newOrder(const Services& services, const Signed& request);
Result<Answer> order(const Services& services, const Signed& request, const std::string& id);
Result<Answer> finalize(const Services& services, const Signed& request, const std::string& id);

// authorization.cpp (section 7.5)
Result<Answer> authorization(const Services& services, const Signed& request, const std::string& id);
Result<Answer> challenge(const Services& services, const Signed& request, const std::string& id);

// certificate.cpp (sections 7.4.2, 7.6)
Result<Answer> certificate(const Services& services, const Signed& request, const std::string& id,
                           std::string_view accept);
Result<Answer> revokeCert(const Services& services, const Signed& request);

}  // namespace mailca::acme
