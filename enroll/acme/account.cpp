#include "enroll/acme/problems.h"
#include "enroll/acme/render.h"
#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

// nullopt: the member is absent. InvalidContact: it is no list of strings (B24).
Result<std::optional<std::vector<std::string>>> contactsOf(const json::Value& payload) {
    using Contacts = std::optional<std::vector<std::string>>;
    if (!payload.has("contact")) return Contacts{};
    const json::Array* list = payload.array("contact");
    if (list == nullptr) return fail(ErrorKind::InvalidContact, "contact must be a list of URLs");
    std::vector<std::string> contacts;
    for (const json::Value& contact : *list) {
        if (contact.asString() == nullptr) return fail(ErrorKind::InvalidContact, "a contact must be a string");
        contacts.push_back(*contact.asString());
    }
    return Contacts{std::move(contacts)};
}

Answer answerWith(const Services& services, const ra::Account& account, int status) {
    return Answer{.status = status,
                  .body = render(account, services.urls),
                  .headers = {{"Location", services.urls.account(account.id)}}};
}

}  // namespace

Result<Answer> newAccount(const Services& services, const Signed& request) {
    if (request.postAsGet) return fail(ErrorKind::Malformed, "newAccount needs a JSON object as its payload");
    TRY(auto contacts, contactsOf(request.payload));
    std::optional<json::Value> binding;
    if (const json::Value* sent = request.payload.find("externalAccountBinding")) binding = *sent;
    const ra::Accounts::Request wanted{.key = *request.key,
                                       .contacts = contacts ? std::move(*contacts) : std::vector<std::string>{},
                                       .termsAgreed = request.payload.boolean("termsOfServiceAgreed").value_or(false),
                                       .onlyExisting = request.payload.boolean("onlyReturnExisting").value_or(false),
                                       .binding = std::move(binding),
                                       .url = request.url};
    TRY(const auto known, services.accountBook.findByThumbprint(wanted.key.thumbprint));
    if (!known && !wanted.onlyExisting) {
        if (const auto wait = services.limits.newAccount(request.peer)) return waitAnswer(*wait);
    }
    TRY(const ra::Accounts::Answer made, services.accounts.create(wanted));
    return answerWith(services, made.account, made.created ? 201 : 200);
}

Result<Answer> account(const Services& services, const Signed& request, const std::string& id) {
    if (id != request.account->id.text()) return fail(ErrorKind::Unauthorized, "this is another account's URL");
    if (request.postAsGet) return answerWith(services, *request.account, 200);
    TRY(const auto contacts, contactsOf(request.payload));
    const bool deactivate = request.payload.string("status") == "deactivated";  // any other status is ignored (B27)
    TRY(const ra::Account changed, services.accounts.update(*request.account, contacts, deactivate));
    return answerWith(services, changed, 200);
}

}  // namespace mailca::acme
