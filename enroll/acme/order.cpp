#include <chrono>
#include <optional>

#include "enroll/acme/problems.h"
#include "enroll/acme/render.h"
#include "enroll/acme/renewal_info.h"
#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

// Design step 4: the handler waits at most this long for the issuance worker.
constexpr std::chrono::milliseconds kIssuanceWait{200};

Answer answerWith(const Services& services, const ra::OrderView& view, int status) {
    const Time now = services.clock.now();
    Answer answer{.status = status,
                  .body = render(view.order, view.authorization, services.urls, now),
                  .headers = {{"Location", services.urls.order(view.order.id)}}};
    const ra::OrderStatus state = view.order.status(view.authorization, now);
    if (state == ra::OrderStatus::Processing) answer.headers.emplace_back("Retry-After", services.chaos.retryAfter());
    return answer;
}

Result<std::vector<ra::Orders::IdentifierSent>> identifiersOf(const json::Value& payload) {
    const json::Array* list = payload.array("identifiers");
    if (list == nullptr || list->empty()) {
        return fail(ErrorKind::Malformed, "identifiers must be a list of {\"type\": \"email\", \"value\": ADDRESS}");
    }
    std::vector<ra::Orders::IdentifierSent> identifiers;
    for (const json::Value& identifier : *list) {
        const auto type = identifier.string("type");
        const auto value = identifier.string("value");
        if (!type || !value) return fail(ErrorKind::Malformed, "an identifier needs a type and a value, both strings");
        identifiers.push_back({*type, *value});
    }
    return identifiers;
}

Result<Bytes> csrOf(const json::Value& value) {
    const std::string* text = value.asString();
    if (text == nullptr) return fail(ErrorKind::Malformed, "a CSR must be a string of base64url");
    auto der = fromBase64Url(*text);
    if (!der) return fail(ErrorKind::BadCsr, "the CSR is not base64url without padding (of DER, not PEM)");
    return der;
}

// {"csr": ...} for one profile (RFC 8555), {"csrs": {profile: ...}} for a bundle.
Result<ra::Orders::Csrs> csrsOf(const json::Value& payload) {
    if (const json::Value* several = payload.find("csrs"); several != nullptr && several->asObject() != nullptr) {
        std::map<std::string, Bytes> out;
        for (const auto& [profile, csr] : *several->asObject()) {
            TRY(Bytes der, csrOf(csr));
            out.emplace(profile, std::move(der));
        }
        return ra::Orders::Csrs(std::move(out));
    }
    const json::Value* single = payload.find("csr");
    if (single == nullptr) return fail(ErrorKind::Malformed, "finalize needs a member csr (or csrs for a bundle)");
    TRY(Bytes der, csrOf(*single));
    return ra::Orders::Csrs(std::move(der));
}

// C5.
Result<std::optional<ra::Orders::Replaced>> replacedBy(const Services& services, const json::Value& payload) {
    using Found = std::optional<ra::Orders::Replaced>;
    if (!payload.has("replaces")) return Found();
    const auto name = payload.string("replaces");
    if (!name) return fail(ErrorKind::Malformed, "replaces must be a string, as RFC 9773 names certificates");
    auto certificate = certificateNamed(services, *name);
    if (certificate) return Found({*name, *std::move(certificate)});
    if (certificate.error().kind != ErrorKind::NotFound) return certificate.error();
    return fail(ErrorKind::Malformed, "replaces names no certificate of this CA");
}

// B34: every identifier that could not be had, each with its reason.
Answer refusalOfSeveral(const Services& services, const ra::Account& account,
                        const std::vector<ra::Orders::IdentifierSent>& identifiers, const Error& why) {
    web::ProblemExtras extras;
    for (const auto& identifier : identifiers) {
        auto refused = services.orders.refusal(account, identifier);
        if (refused) extras.subproblems.push_back({*std::move(refused), identifier.type, identifier.value});
    }
    const bool several = extras.subproblems.size() > 1;
    return problemAnswer(several ? fail(ErrorKind::Compound, "see the subproblems; besides: " + why.detail) : why,
                         extras);
}

}  // namespace

Result<Answer> newOrder(const Services& services, const Signed& request) {
    if (request.postAsGet) return fail(ErrorKind::Malformed, "newOrder needs a JSON object as its payload");
    if (request.payload.has("notBefore") || request.payload.has("notAfter")) {  // B32, B43: honoured exactly or refused
        return fail(ErrorKind::Malformed, "notBefore and notAfter are set by the profile; leave them out");
    }
    if (request.payload.has("profile") && !request.payload.string("profile")) {
        return fail(ErrorKind::Malformed, "profile must be a string: the name of a profile or bundle of the directory");
    }
    TRY(const auto identifiers, identifiersOf(request.payload));
    TRY(const auto replaced, replacedBy(services, request.payload));
    const auto created = services.orders.create(
        *request.account, {identifiers, request.payload.string("profile"), replaced, request.peer});
    if (!created && created.error().kind == ErrorKind::RejectedIdentifier && identifiers.size() > 1) {
        return refusalOfSeveral(services, *request.account, identifiers, created.error());
    }
    if (!created) return created.error();
    if (const auto* wait = std::get_if<ra::Wait>(&*created)) return waitAnswer(*wait);
    const auto& view = std::get<ra::OrderView>(*created);
    services.desk.prefetch(view.order.identifier.mailbox.domain());
    return answerWith(services, view, 201);
}

Result<Answer> order(const Services& services, const Signed& request, const std::string& id) {
    TRY(const OrderId orderId, OrderId::parse(id));
    TRY(const ra::OrderView view, services.orders.find(*request.account, orderId));
    return answerWith(services, view, 200);
}

Result<Answer> finalize(const Services& services, const Signed& request, const std::string& id) {
    if (request.postAsGet) return fail(ErrorKind::Malformed, "finalize needs a JSON object as its payload");
    TRY(const OrderId orderId, OrderId::parse(id));
    TRY(const auto csrs, csrsOf(request.payload));
    TRY(ra::FinalizedOrder finalized, services.orders.finalize(*request.account, orderId, csrs));
    auto departure = services.desk.submit(std::move(finalized.prepared));
    const bool waits = departure.valid() && !services.chaos.finalizeIsProcessing();
    if (waits && departure.wait_for(kIssuanceWait) == std::future_status::ready) {
        if (auto left = departure.get()) finalized.view.order.state = *std::move(left);
    }
    return answerWith(services, finalized.view, 200);
}

}  // namespace mailca::acme
