// A page for people: whoever knows the account's URL, which only its owner and this server do, agrees to changed terms
// there (RFC 8555 section 7.3.3: "instance" directs a human user).
#include "enroll/acme/resources.h"
#include "web/problem.h"

namespace mailca::acme {
namespace {

constexpr const char* kHtml = "text/html; charset=utf-8";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

web::Response page(int status, const std::string& body) {
    return web::Response(
               status, kHtml,
               "<!DOCTYPE html><html lang=\"en\"><title>Terms of service</title><body>" + body + "</body></html>\n")
        .with("Cache-Control", "no-store")
        .with("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'")
        .with("Referrer-Policy", "no-referrer");
}

Result<ra::Account> accountOf(const Services& services, const std::string& id) {
    if (services.meta.termsOfService.empty()) return fail(ErrorKind::NotFound, "there are no terms to agree to");
    const auto parsed = AccountId::parse(id);
    if (!parsed) return fail(ErrorKind::NotFound, "there is no such account");
    auto account = services.accountBook.find(*parsed);
    const bool absent = !account && account.error().kind == ErrorKind::AccountDoesNotExist;
    if (absent) return fail(ErrorKind::NotFound, "there is no such account");
    return account;
}

bool hasAgreed(const Services& services, const ra::Account& account) {
    return account.terms == services.meta.termsOfService;
}

}  // namespace

web::Response termsPage(const Services& services, const std::string& id) {
    const auto account = accountOf(services, id);
    if (!account) return web::problem(account.error());
    if (hasAgreed(services, *account))
        return page(200, "<p>You have agreed to the terms of service. Nothing is left to do.");
    return page(200, "<p>The <a href=\"" + escaped(services.meta.termsOfService) +
                         "\">terms of service</a> have changed. Read them, then agree to go on issuing."
                         "<form method=\"post\"><button>I agree</button></form>");
}

web::Response agreeToTerms(const Services& services, const std::string& id) {
    const auto account = accountOf(services, id);
    if (!account) return web::problem(account.error());
    if (!hasAgreed(services, *account)) {
        if (const auto agreed = services.accounts.agree(account->id); !agreed) return web::problem(agreed.error());
    }
    return page(200, "<p>Thank you: you have agreed to the terms of service. Certificates are issued as before.");
}

}  // namespace mailca::acme
