// Judges a CSR against the mailbox an authorization proved (standards A50, A51, A54, A55).
#pragma once

#include "core/proof/proof.h"

namespace mailca::va {

class RequestJudge {
 public:
    // BadCsr unless the signature verifies, the SAN (or, lacking one, the subject) names exactly this mailbox, and
    // nothing else that would be a name. A dNSName that holds the mailbox itself is ignored (A54).
    static Result<VerifiedRequest> judge(x509::CertificateRequest request, const EmailAddress& mailbox);
};

}  // namespace mailca::va
