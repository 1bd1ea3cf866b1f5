#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

json::Value texts(const std::vector<std::string>& values) {
    json::Array out;
    for (const std::string& value : values) out.emplace_back(value);
    return out;
}

// C7: every profile with its description; a bundle's members stand beside it under "bundles"
// (docs/acme-divergences.md).
void addProfiles(json::Value& meta, const ca::Profiles& profiles) {
    json::Value all = json::object({});
    json::Value bundles = json::object({});
    for (const auto& [name, description] : profiles.advertised()) {
        all.set(name, description);
        if (profiles.isBundle(name)) bundles.set(name, texts(profiles.expand(name)));
    }
    meta.set("profiles", std::move(all));
    meta.set("bundles", std::move(bundles));
}

}  // namespace

Answer directory(const Services& services) {
    json::Value meta = json::object({});
    if (!services.meta.termsOfService.empty()) meta.set("termsOfService", services.meta.termsOfService);
    if (!services.meta.website.empty()) meta.set("website", services.meta.website);
    meta.set("caaIdentities", texts(services.meta.caaIdentities));
    meta.set("externalAccountRequired", services.meta.externalAccountRequired);
    meta.set("exchange", services.meta.exchangeUrl);
    addProfiles(meta, services.orders.profiles());

    const Urls& urls = services.urls;
    json::Value body = json::object({{"newNonce", urls.of(path::kNewNonce)},
                                     {"newAccount", urls.of(path::kNewAccount)},
                                     {"newOrder", urls.of(path::kNewOrder)},
                                     {"revokeCert", urls.of(path::kRevokeCert)},
                                     {"keyChange", urls.of(path::kKeyChange)},
                                     {"mailboxCertificates", urls.of(path::kMailboxCertificates)},
                                     {"renewalInfo", urls.of(path::kRenewalInfo)}});
    if (services.orders.reuses()) body.set("newAuthz", urls.of(path::kNewAuthz));
    body.set("meta", std::move(meta));
    return Answer{.body = std::move(body)};
}

}  // namespace mailca::acme
