#include "client/acme/mailbox_certificates.h"

namespace mailca::client::acme {
namespace {

constexpr std::size_t kMost = 10'000;  // a server that always has more is not followed for ever

Result<ListedCertificate> listedOf(const json::Value& entry) {
    const auto der = fromBase64Url(entry.string("certificate").value_or(""));
    if (!der) return fail(ErrorKind::Parse, "the server lists a certificate that is none");
    TRY(x509::Certificate certificate, x509::Certificate::fromDer(*der));
    return ListedCertificate{std::move(certificate), entry.string("profile").value_or(""),
                             entry.string("status").value_or(""),
                             entry.boolean("orderedByThisAccount").value_or(false)};
}

Result<http::Reply> ask(Session& session, const json::Value& question, const EmailAddress& mailbox) {
    Result<http::Reply> reply = session.post(session.directory().mailboxCertificates, question);
    if (reply || reply.error().kind != ErrorKind::Unauthorized) return reply;
    return fail(ErrorKind::Unauthorized, reply.error().detail + " (`mailca renew --force " + mailbox.text() +
                                             "` proves the mailbox anew; then run this again)");
}

}  // namespace

Result<std::vector<ListedCertificate>> listCertificates(Session& session, const EmailAddress& mailbox) {
    if (session.directory().mailboxCertificates.empty()) {
        return fail(ErrorKind::NotFound, "this server does not list the certificates of a mailbox");
    }
    std::vector<ListedCertificate> all;
    while (all.size() < kMost) {
        json::Value question = json::object({{"mailbox", mailbox.text()}});
        if (!all.empty()) question.set("after", all.back().certificate.serial().hex());
        TRY(const http::Reply reply, ask(session, question, mailbox));
        TRY(const json::Value page, json::parse(reply.body));
        const json::Array* const entries = page.array("certificates");
        if (entries == nullptr) return fail(ErrorKind::Parse, "the server's list of certificates cannot be read");
        for (const json::Value& entry : *entries) {
            TRY(ListedCertificate one, listedOf(entry));
            all.push_back(std::move(one));
        }
        if (entries->empty() || !page.boolean("more").value_or(false)) break;
    }
    return all;
}

}  // namespace mailca::client::acme
