// Proofs for the tests of ca, which does not link the rooms that judge: doubles of the classes that core/proof names as
// friends. Never included where enroll is linked, since the real ones lie there.
#pragma once

#include <string>
#include <utility>

#include "core/proof/proof.h"

namespace mailca::ra {
class ValidationJudge {
 public:
    static ValidatedMailbox validated(EmailAddress mailbox, AccountId account, AuthorizationId authorization, Time at) {
        return {std::move(mailbox), std::move(account), std::move(authorization), at};
    }
};
}  // namespace mailca::ra

namespace mailca::va {
class CaaJudge {
 public:
    static CaaPermission permitted(std::string domain, Time checkedAt, Time goodUntil) {
        return {std::move(domain), checkedAt, goodUntil};
    }
};
class RequestJudge {
 public:
    static VerifiedRequest verified(x509::CertificateRequest request, EmailAddress mailbox) {
        return {std::move(request), std::move(mailbox)};
    }
};
}  // namespace mailca::va
