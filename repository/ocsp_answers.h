// OCSP answers: signed on demand, kept until half of their life is over or what they say is no longer so (standards
// F15, F22, F23, D48).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ca/ocsp/responder.h"
#include "core/clock.h"
#include "core/recent.h"
#include "repository/conditional.h"
#include "repository/port.h"

namespace mailca::repository {

struct OcspAnswer {
    std::string body;  // OCSPResponse, DER
    // Of an answer that HTTP caches may keep: signed, good or revoked, without a nonce.
    struct Caching {
        Time nextUpdate;
        Validators validators;
        std::string lastModified, expires;  // as header fields
    };
    std::optional<Caching> caching{};
};

// Thread-safe. What it is made of must outlive it.
class OcspAnswers final {
 public:
    OcspAnswers(ca::ocsp::Responder& responder, StatusBook& statuses, const Clock& clock);

    // What is wrong with a request, or goes wrong here, becomes the answer (F16).
    std::shared_ptr<const OcspAnswer> answer(const Result<ca::ocsp::Request>& request);
    std::size_t kept() const { return m_recent.size(); }

 private:
    struct Kept;
    using AnswerPtr = std::shared_ptr<const OcspAnswer>;
    Result<AnswerPtr> judge(const ca::ocsp::Request& request);
    Result<AnswerPtr> keptOrSigned(const ca::Issuer& issuer, const ca::ocsp::CertId& id);
    Result<ca::ocsp::Status> statusOf(const ca::Issuer& issuer, const ca::ocsp::CertId& id);

    ca::ocsp::Responder& m_responder;
    StatusBook& m_statuses;
    const Clock& m_clock;
    Recent<Kept> m_recent;
};

}  // namespace mailca::repository
