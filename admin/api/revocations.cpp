#include "admin/api/revocations.h"

#include "core/json/json.h"
#include "core/log.h"
#include "core/x509/revocation_reason.h"

namespace mailca::admin {
namespace {

json::Value renderSelected(const ra::SelectedCertificate& certificate) {
    json::Value out = json::object({{"serial", certificate.serial.hex()},
                                    {"issuer", certificate.issuer},
                                    {"notAfter", toRfc3339(certificate.notAfter)}});
    const auto* revoked = std::get_if<ra::Revoked>(&certificate.state);
    out.set("state", revoked == nullptr ? "live" : "revoked");
    if (revoked != nullptr) {
        out.set("revokedAt", toRfc3339(revoked->at));
        out.set("reason", nameOfReason(revoked->reason));
    }
    out.set("issuedAt", toRfc3339(certificate.issuedAt));
    if (certificate.isOfService()) return out;
    out.set("profile", certificate.profile);
    out.set("mailbox", certificate.mailbox->text());
    return out;
}

Result<std::vector<ra::CertificateRecord>> find(const Services& services, const std::optional<std::string>& serial,
                                                const std::optional<std::string>& mailbox) {
    if (serial.has_value() == mailbox.has_value()) {
        return fail(ErrorKind::Malformed, "name either a serial or a mailbox");
    }
    if (serial) {
        TRY(const Serial number, Serial::fromHex(*serial));
        return services.certificates.findBySerial(number);
    }
    TRY(const EmailAddress address, EmailAddress::parse(*mailbox));
    return services.certificates.findByMailbox(address);
}

struct Page {
    ra::CertificateSelection selection;
    std::int64_t from = 0;
};

Result<Page> pageOf(const json::Value& wanted) {
    const json::Value* selection = wanted.find("select");
    if (selection == nullptr) return fail(ErrorKind::Malformed, "\"select\" must say which certificates are meant");
    Page page;
    TRY(page.selection, ra::CertificateSelection::fromJson(*selection));
    page.from = wanted.integer("from").value_or(0);
    if (page.from < 0) return fail(ErrorKind::Malformed, "\"from\" must be the \"next\" of the page before");
    return page;
}

}  // namespace

Result<std::optional<int>> reasonOf(const json::Value& wanted) {
    const auto code = x509::revocationReasonNamed(wanted.string("reason").value_or(""));
    if (!code) {
        return fail(ErrorKind::BadRevocationReason, "reason must be one of " + x509::revocationReasonNames());
    }
    return *code == x509::kUnspecified ? std::optional<int>{} : code;
}

std::string_view nameOfReason(const std::optional<int>& reason) {
    return x509::nameOfRevocationReason(reason.value_or(x509::kUnspecified));
}

Result<web::Response> certificates(const Services& services, const web::Request& request) {
    TRY(const auto serial, request.queryParameter("serial"));
    TRY(const auto mailbox, request.queryParameter("mailbox"));
    TRY(const auto found, find(services, serial, mailbox));
    json::Array list;
    for (const ra::CertificateRecord& record : found) list.push_back(render(record));
    return web::Response::json(200, json::object({{"certificates", std::move(list)}}));
}

Result<web::Response> selected(const Services& services, const web::Request& request) {
    TRY(const json::Value wanted, json::parse(request.body));
    TRY(const Page page, pageOf(wanted));
    TRY(const ra::SelectionPage found, services.revocations.select(page.selection, page.from));
    json::Array list;
    for (const ra::SelectedCertificate& certificate : found.certificates) list.push_back(renderSelected(certificate));
    json::Value answer = json::object({{"certificates", std::move(list)}});
    if (found.next) answer.set("next", *found.next);
    return web::Response::json(200, answer);
}

Result<web::Response> revoke(const Services& services, const web::Request& request) {
    TRY(const json::Value wanted, json::parse(request.body));
    TRY(const std::optional<int> reason, reasonOf(wanted));
    TRY(const Page page, pageOf(wanted));
    const std::int64_t atMost = wanted.integer("atMost").value_or(ra::kMostAtOnce);
    if (atMost < 1 || atMost > ra::kMostAtOnce) {
        return fail(ErrorKind::Malformed, "\"atMost\" must be 1 to " + std::to_string(ra::kMostAtOnce));
    }
    TRY(const auto done, services.revocations.revoke(page.selection, page.from, reason, static_cast<int>(atMost)));
    if (done.revoked > 0) {
        services.revoked();
        log::info("operator.revoked", {{"count", std::to_string(done.revoked)}, {"reason", nameOfReason(reason)}});
    }
    json::Value answer = json::object({{"revoked", done.revoked}, {"alreadyRevoked", done.revokedBefore}});
    if (done.next) answer.set("next", *done.next);
    return web::Response::json(200, answer);
}

}  // namespace mailca::admin
