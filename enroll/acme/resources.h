// The resources of RFC 8555 section 7.1, one file each. A function gets what came through the door and answers.
#pragma once

#include <string>

#include "enroll/acme/door.h"
#include "web/response.h"

namespace mailca::acme {

// directory.cpp (section 7.1.1)
Answer directory(const Services& services);

// account.cpp (section 7.3)
Result<Answer> newAccount(const Services& services, const Signed& request);
Result<Answer> account(const Services& services, const Signed& request, const std::string& id);
// order_list.cpp (section 7.1.2.1); `after` as in the link to the next page.
Result<Answer> orderList(const Services& services, const Signed& request, const std::string& id,
                         const std::optional<std::string>& after);
// key_change.cpp (section 7.3.5)
Result<Answer> keyChange(const Services& services, const Signed& request);
// terms.cpp (section 7.3.3): for people, without a signature.
web::Response termsPage(const Services& services, const std::string& id);
web::Response agreeToTerms(const Services& services, const std::string& id);

// order.cpp (section 7.4)
Result<Answer> newOrder(const Services& services, const Signed& request);
Result<Answer> order(const Services& services, const Signed& request, const std::string& id);
Result<Answer> finalize(const Services& services, const Signed& request, const std::string& id);

// authorization.cpp (sections 7.4.1, 7.5)
Result<Answer> newAuthz(const Services& services, const Signed& request);
Result<Answer> authorization(const Services& services, const Signed& request, const std::string& id);
Result<Answer> challenge(const Services& services, const Signed& request, const std::string& id);

// certificate.cpp (sections 7.4.2, 7.6)
Result<Answer> certificate(const Services& services, const Signed& request, const std::string& id,
                           std::string_view accept);
Result<Answer> revokeCert(const Services& services, const Signed& request);

// mailbox_certificates.cpp: every certificate of a mailbox, for whoever proved it (docs/acme.md)
Result<Answer> mailboxCertificates(const Services& services, const Signed& request);

// renewal_info.cpp (RFC 9773)
Result<Answer> renewalInfo(const Services& services, const std::string& name);

}  // namespace mailca::acme
