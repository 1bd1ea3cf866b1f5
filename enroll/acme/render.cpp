#include "enroll/acme/render.h"

#include "enroll/acme/problems.h"

namespace mailca::acme {
namespace {

json::Value render(const ra::Identifier& identifier) {
    // Echoed as sent: clients compare it with what they ordered (A54).
    return json::object({{"type", nameOf(identifier.type)}, {"value", identifier.value}});
}

std::string_view statusOf(const ra::ChallengeState& state) {
    static constexpr std::string_view kNames[] = {"pending", "processing", "valid", "invalid"};
    return kNames[state.index()];
}

// `certificate` is the one URL RFC 8555 knows; a bundle names every certificate by its profile beside it.
void addCertificates(json::Value& out, const ra::Order& order, const Urls& urls) {
    const auto* finished = std::get_if<ra::Finished>(&order.state);
    if (finished == nullptr) return;
    out.set("certificate", urls.certificate(finished->certificates.front()));
    if (order.items.size() < 2) return;
    json::Value byProfile = json::object({});
    for (std::size_t i = 0; i < order.items.size(); ++i) {
        byProfile.set(order.items[i].profile, urls.certificate(finished->certificates.at(i)));
    }
    out.set("certificates", std::move(byProfile));
}

}  // namespace

json::Value render(const ra::Account& account, const Urls& urls) {
    json::Value out = json::object({{"status", nameOf(account.status)}});
    if (!account.contacts.empty()) {
        json::Array contacts;
        for (const std::string& contact : account.contacts) contacts.emplace_back(contact);
        out.set("contact", std::move(contacts));
    }
    if (account.termsAgreedAt) out.set("termsOfServiceAgreed", true);
    if (account.external) {  // verbatim (B26); what the store holds was parsed before it got there
        if (auto binding = json::parse(account.external->binding)) {
            out.set("externalAccountBinding", *std::move(binding));
        }
    }
    out.set("orders", urls.orders(account.id));
    return out;
}

json::Value render(const ra::Order& order, const ra::Authorization& authorization, const Urls& urls, Time now) {
    json::Value out = json::object({{"status", nameOf(order.status(authorization, now))},
                                    {"expires", toRfc3339(order.expires)},
                                    {"profile", order.profile},
                                    {"identifiers", json::array({render(order.identifier)})},
                                    {"authorizations", json::array({urls.authorization(order.authorization)})},
                                    {"finalize", urls.finalize(order.id)}});
    if (!order.replaces.empty()) out.set("replaces", order.replaces);  // C5
    addCertificates(out, order, urls);
    if (const auto error = order.error(authorization, now)) out.set("error", problemDocument(*error, order.identifier));
    return out;
}

json::Value render(const ra::Authorization& authorization, const Urls& urls, Time now) {
    return json::object({{"status", nameOf(authorization.status(now))},
                         {"expires", toRfc3339(authorization.end())},
                         {"identifier", render(authorization.identifier)},
                         {"challenges", json::array({render(authorization.challenge, urls)})}});
}

json::Value render(const ra::Challenge& challenge, const Urls& urls) {
    const ra::ChallengeState state = challenge.state();
    json::Value out = json::object({{"type", "email-reply-00"},
                                    {"url", urls.challenge(challenge.id)},
                                    {"status", statusOf(state)},
                                    {"token", challenge.tokenPart2},
                                    {"from", challenge.from.text()}});
    if (const auto* valid = std::get_if<ra::Valid>(&state)) out.set("validated", toRfc3339(valid->at));  // B37
    if (const auto* invalid = std::get_if<ra::Invalid>(&state)) out.set("error", web::problemDocument(invalid->error));
    return out;
}

}  // namespace mailca::acme
