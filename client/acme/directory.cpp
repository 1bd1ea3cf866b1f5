#include "client/acme/directory.h"

#include <algorithm>

#include "client/acme/problem.h"
#include "client/state/records.h"
#include "core/json/json.h"

namespace mailca::client::acme {
namespace {

Result<std::string> urlMember(const json::Value& directory, std::string_view key) {
    auto url = directory.string(key);
    if (!url) return fail(ErrorKind::Parse, "the ACME directory has no \"" + std::string(key) + "\"");
    if (auto ok = checkConfidential(*url, std::string(key)); !ok) return fail(ErrorKind::Parse, ok.error().detail);
    return std::move(*url);
}

Result<std::map<std::string, std::vector<std::string>>> parseBundles(const json::Value& meta) {
    std::map<std::string, std::vector<std::string>> out;
    const json::Value* bundles = meta.find("bundles");
    if (bundles == nullptr || bundles->asObject() == nullptr) return out;
    for (const auto& [name, profiles] : *bundles->asObject()) {
        std::vector<std::string> names;
        for (const json::Value& profile : profiles.asArray() != nullptr ? *profiles.asArray() : json::Array()) {
            if (profile.asString() != nullptr) names.push_back(*profile.asString());
        }
        if (names.empty() || !isProfileName(name) || !std::ranges::all_of(names, isProfileName)) {
            return fail(ErrorKind::Parse, "the ACME directory names a bundle that this client cannot read");
        }
        out.emplace(name, std::move(names));
    }
    return out;
}

}  // namespace

Result<std::vector<std::string>> Directory::profilesOf(const std::string& name) const {
    if (const auto bundle = bundles.find(name); bundle != bundles.end()) return bundle->second;
    if (profiles.contains(name) && isProfileName(name)) return std::vector{name};
    std::string known;
    for (const auto& [bundle, ignored] : bundles) known += " " + bundle;
    for (const auto& [profile, ignored] : profiles) known += " " + profile;
    return fail(ErrorKind::InvalidProfile, "the server knows no profile \"" + name + "\"; it has:" + known);
}

Result<std::string> Directory::exchangeUrl() const {
    if (!exchange.empty()) return exchange;
    return fail(ErrorKind::NotFound, url + " names no public key exchange (meta \"exchange\"): ask its operator");
}

Result<Directory> parseDirectory(std::string_view body, const std::string& url) {
    const auto value = json::parse(body);
    if (!value || value->asObject() == nullptr) {
        return fail(ErrorKind::Parse, url + " is no ACME directory: check \"directory\" in the configuration");
    }
    Directory out;
    out.url = url;
    TRY(out.newNonce, urlMember(*value, "newNonce"));
    TRY(out.newAccount, urlMember(*value, "newAccount"));
    TRY(out.newOrder, urlMember(*value, "newOrder"));
    TRY(out.revokeCert, urlMember(*value, "revokeCert"));
    if (value->has("renewalInfo")) {
        TRY(out.renewalInfo, urlMember(*value, "renewalInfo"));
    }
    if (value->has("mailboxCertificates")) {
        TRY(out.mailboxCertificates, urlMember(*value, "mailboxCertificates"));
    }
    const json::Value* meta = value->find("meta");
    if (meta == nullptr) return out;
    out.termsOfService = meta->string("termsOfService").value_or("");
    if (meta->has("exchange")) {
        TRY(out.exchange, urlMember(*meta, "exchange"));
        while (out.exchange.ends_with('/')) out.exchange.pop_back();
    }
    if (const json::Value* profiles = meta->find("profiles"); profiles != nullptr && profiles->asObject() != nullptr) {
        for (const auto& [name, text] : *profiles->asObject()) {
            out.profiles.emplace(name, text.asString() != nullptr ? *text.asString() : "");
        }
    }
    TRY(out.bundles, parseBundles(*meta));
    return out;
}

Result<Directory> fetchDirectory(Http& http, const std::string& url) {
    TRY(const http::Reply reply, http.get(url, "application/json"));
    if (reply.status != 200) return problemOf(reply);
    return parseDirectory(reply.body, url);
}

}  // namespace mailca::client::acme
