#include "repository/ocsp_answers.h"

#include <atomic>

#include "core/crypto/hash.h"
#include "core/log.h"

namespace mailca::repository {
namespace {

using ca::ocsp::Refusal;
using ca::ocsp::SignedResponse;
using ca::ocsp::Status;

// Some 1.2 KB each. A certificate is asked for under four ids at most: two hashes, with and without NULL behind them.
constexpr std::size_t kMostKept = 1 << 16;

Refusal refusalFor(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::Malformed:
            return Refusal::MalformedRequest;
        case ErrorKind::Unauthorized:
            return Refusal::Unauthorized;
        case ErrorKind::Unavailable:
        case ErrorKind::Conflict:
            return Refusal::TryLater;
        default:
            return Refusal::InternalError;
    }
}

OcspAnswer cacheable(const SignedResponse& response) {
    return {std::string(asText(response.der)),
            OcspAnswer::Caching{response.nextUpdate,
                                {"\"" + toHex(crypto::sha256(response.der)).substr(0, 32) + "\"", response.thisUpdate},
                                toHttpDate(response.thisUpdate),
                                toHttpDate(response.nextUpdate)}};
}

}  // namespace

struct OcspAnswers::Kept {
    OcspAnswer answer;
    Status status;
    Time since, freshUntil;
    std::atomic<std::uint64_t> revision;  // of the statuses: up to it, `status` is known to hold

    Kept(const SignedResponse& response, Status said, std::uint64_t asOf)
        : answer(cacheable(response)),
          status(said),
          since(response.thisUpdate),
          freshUntil(response.thisUpdate + (response.nextUpdate - response.thisUpdate) / 2),  // D48
          revision(asOf) {}
};

OcspAnswers::OcspAnswers(ca::ocsp::Responder& responder, StatusBook& statuses, const Clock& clock)
    : m_responder(responder), m_statuses(statuses), m_clock(clock), m_recent(kMostKept) {}

std::shared_ptr<const OcspAnswer> OcspAnswers::answer(const Result<ca::ocsp::Request>& request) {
    const Result<AnswerPtr> judged = request ? judge(*request) : Result<AnswerPtr>(request.error());
    if (judged) return *judged;
    const Refusal refusal = refusalFor(judged.error().kind);
    if (refusal == Refusal::InternalError || refusal == Refusal::TryLater) {
        log::error("ocsp.no_answer", {{"why", judged.error().text()}});
    }
    return std::make_shared<const OcspAnswer>(OcspAnswer{std::string(asText(ca::ocsp::encodeRefusal(refusal)))});
}

Result<std::shared_ptr<const OcspAnswer>> OcspAnswers::judge(const ca::ocsp::Request& request) {
    TRY(const ca::Issuer* issuer, m_responder.issuerOf(request));
    if (request.ids.size() == 1 && request.nonce.empty()) return keptOrSigned(*issuer, request.ids.front());
    std::vector<ca::ocsp::SingleResponse> responses;
    for (const ca::ocsp::CertId& id : request.ids) {
        TRY(const Status status, statusOf(*issuer, id));
        responses.push_back({id.der, status});
    }
    TRY(const SignedResponse response, m_responder.sign(*issuer, std::move(responses), request.nonce));
    return std::make_shared<const OcspAnswer>(OcspAnswer{std::string(asText(response.der))});
}

// A revocation is seen by the revision that it changes. The revision is asked for before the status: a status that
// changes in between is then found out by the next request, at the latest.
Result<std::shared_ptr<const OcspAnswer>> OcspAnswers::keptOrSigned(const ca::Issuer& issuer,
                                                                    const ca::ocsp::CertId& id) {
    const std::uint64_t revision = m_statuses.revision();
    const std::string key(asText(id.der));
    const Time now = m_clock.now();
    const auto share = [](const std::shared_ptr<Kept>& kept) { return AnswerPtr(kept, &kept->answer); };

    const std::shared_ptr<Kept> found = m_recent.find(key);
    const bool fresh = found && found->since <= now && now < found->freshUntil;
    if (fresh && found->revision.load() == revision) return share(found);
    TRY(const Status status, statusOf(issuer, id));
    if (fresh && found->status == status) {
        found->revision.store(revision);
        return share(found);
    }
    TRY(const SignedResponse response, m_responder.sign(issuer, {{id.der, status}}, {}));
    // What was never issued may be the next moment: nobody shall keep that answer (F15).
    if (std::holds_alternative<ca::ocsp::Unknown>(status)) {
        return std::make_shared<const OcspAnswer>(OcspAnswer{std::string(asText(response.der))});
    }
    const auto made = std::make_shared<Kept>(response, status, revision);
    m_recent.put(key, made);
    return share(made);
}

Result<Status> OcspAnswers::statusOf(const ca::Issuer& issuer, const ca::ocsp::CertId& id) {
    if (!id.serial) return Status(ca::ocsp::Unknown{});
    return m_statuses.status(issuer.name, *id.serial);
}

}  // namespace mailca::repository
