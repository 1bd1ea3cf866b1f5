#include "client/exchange/lookup.h"

#include <optional>

#include "client/acme/problem.h"
#include "core/http/url.h"
#include "core/json/json.h"

namespace mailca::client {
namespace {

Error unreadable(const std::string& what) {
    return fail(ErrorKind::Parse, "the exchange's answer cannot be read: " + what);
}

std::vector<std::string> rolesOf(const json::Value& entry) {
    std::vector<std::string> roles;
    if (const json::Array* names = entry.array("role")) {
        for (const json::Value& name : *names) {
            if (name.asString() != nullptr) roles.push_back(*name.asString());
        }
    }
    return roles;
}

// nullopt for an entry that no one may rely on: not live, temporary, or of a class that came later.
Result<std::optional<Entry>> parseEntry(const json::Value& value) {
    const std::string trustClass = value.string("class").value_or("");
    const std::string state = value.string("state").value_or("");
    if (state != "live" || (trustClass != "issued" && trustClass != "observed")) return std::optional<Entry>();
    const auto der = fromBase64(value.string("certificate").value_or(""));
    if (!der) return unreadable("a certificate that is no base64");
    const auto certificate = x509::Certificate::fromDer(*der);
    if (!certificate) return unreadable(certificate.error().detail);
    return std::optional(Entry{rolesOf(value), value.string("algorithm").value_or(""),
                               trustClass == "issued" ? TrustClass::Issued : TrustClass::Observed, state,
                               *certificate});
}

}  // namespace

std::string_view nameOf(TrustClass trustClass) {
    return trustClass == TrustClass::Issued ? "issued" : "observed";
}

Result<std::vector<Entry>> parseAnswer(std::string_view body, const EmailAddress& mailbox) {
    const auto value = json::parse(body);
    if (!value) return unreadable(value.error().detail);
    const auto answered = EmailAddress::parse(value->string("mailbox").value_or(""));
    if (!answered || answered->lookupKey() != mailbox.lookupKey()) return unreadable("it is for another mailbox");
    const json::Array* entries = value->array("entries");
    if (entries == nullptr) return unreadable("no entries");
    std::vector<Entry> out;
    for (const json::Value& one : *entries) {
        TRY(std::optional<Entry> entry, parseEntry(one));
        if (entry) out.push_back(std::move(*entry));
    }
    return out;
}

Result<std::vector<Entry>> lookUp(Http& http, const std::string& exchange, const EmailAddress& mailbox,
                                  std::string_view roles) {
    const std::string url =
        exchange + "/v1/mailboxes/" + http::percentEncoded(mailbox.text()) + "?roles=" + std::string(roles);
    TRY(const http::Reply reply, http.get(url, "application/json"));
    if (reply.status != 200) return acme::problemOf(reply);
    return parseAnswer(reply.body, mailbox);
}

}  // namespace mailca::client
