#include "admin/api/external_accounts.h"

#include "core/json/json.h"
#include "core/log.h"

namespace mailca::admin {
namespace {

constexpr std::int64_t kMostUses = 1'000'000;

Result<ra::ExternalAccounts*> offered(const Services& services) {
    if (services.externalAccounts != nullptr) return services.externalAccounts;
    return fail(ErrorKind::NotFound,
                "external account binding is not offered: set external_account_secret_file in [acme] of mailcad.toml");
}

json::Value render(const ra::ExternalKey& key) {
    json::Array allowed;
    for (const std::string& entry : key.allowed) allowed.emplace_back(entry);
    json::Value out = json::object({{"id", key.id},
                                    {"comment", key.comment},
                                    {"allowed", std::move(allowed)},
                                    {"uses", key.uses},
                                    {"createdAt", toRfc3339(key.createdAt)}});
    if (key.mostUses) out.set("mostUses", *key.mostUses);
    if (key.revokedAt) out.set("revokedAt", toRfc3339(*key.revokedAt));
    return out;
}

Result<ra::ExternalAccounts::Limits> limitsOf(const json::Value& wanted) {
    ra::ExternalAccounts::Limits limits;
    limits.comment = wanted.string("comment").value_or("");
    if (wanted.has("allowed") && wanted.array("allowed") == nullptr) {
        return fail(ErrorKind::Malformed, "allowed must be a list of addresses and domains");
    }
    for (const json::Value& entry : wanted.has("allowed") ? *wanted.array("allowed") : json::Array{}) {
        if (entry.asString() == nullptr) return fail(ErrorKind::Malformed, "allowed must be a list of strings");
        limits.allowed.push_back(*entry.asString());
    }
    if (!wanted.has("mostUses")) return limits;
    const auto uses = wanted.integer("mostUses");
    if (!uses || *uses < 1 || *uses > kMostUses) {
        return fail(ErrorKind::Malformed, "mostUses must be a number from 1 to " + std::to_string(kMostUses));
    }
    limits.mostUses = static_cast<int>(*uses);
    return limits;
}

}  // namespace

Result<web::Response> externalAccounts(const Services& services, const web::Request&) {
    TRY(const ra::ExternalAccounts* const external, offered(services));
    TRY(const auto keys, external->list());
    json::Array list;
    for (const ra::ExternalKey& key : keys) list.push_back(render(key));
    return web::Response::json(200, json::object({{"keys", std::move(list)}}));
}

Result<web::Response> makeExternalAccount(const Services& services, const web::Request& request) {
    TRY(ra::ExternalAccounts* const external, offered(services));
    TRY(const json::Value wanted, json::parse(request.body));
    TRY(const auto limits, limitsOf(wanted));
    TRY(const auto made, external->create(limits));
    log::info("external-key.made", {{"id", made.key.id}});
    json::Value body = render(made.key);
    body.set("key", toBase64Url(made.macKey.view()));  // the one time that it is seen
    return web::Response::json(200, body);
}

Result<web::Response> revokeExternalAccount(const Services& services, const web::Request& request) {
    TRY(ra::ExternalAccounts* const external, offered(services));
    TRY(const json::Value wanted, json::parse(request.body));
    const auto id = wanted.string("id");
    if (!id) return fail(ErrorKind::Malformed, "name the key's id");
    TRY_VOID(external->revoke(*id));
    log::info("external-key.revoked", {{"id", *id}});
    return web::Response::json(200, json::object({{"revoked", *id}}));
}

}  // namespace mailca::admin
