#include <algorithm>

#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

constexpr std::size_t kPage = 50;

std::string_view statusOf(const ra::CertificateRecord& certificate, Time now) {
    if (std::holds_alternative<ra::Revoked>(certificate.state)) return "revoked";
    return certificate.notAfter < now ? "expired" : "valid";
}

json::Value describe(const ra::CertificateRecord& certificate, const AccountId& asker, Time now) {
    json::Value out = json::object({{"certificate", toBase64Url(certificate.der)},
                                    {"serial", certificate.serial.hex()},
                                    {"issuer", certificate.issuer},
                                    {"profile", certificate.profile},
                                    {"notBefore", toRfc3339(certificate.notBefore)},
                                    {"notAfter", toRfc3339(certificate.notAfter)},
                                    {"status", statusOf(certificate, now)},
                                    {"orderedByThisAccount", certificate.account == asker}});
    if (const auto* revoked = std::get_if<ra::Revoked>(&certificate.state)) {
        out.set("revokedAt", toRfc3339(revoked->at));
    }
    return out;
}

}  // namespace

Result<Answer> mailboxCertificates(const Services& services, const Signed& request) {
    const auto named = request.payload.string("mailbox");
    if (!named) return fail(ErrorKind::Malformed, "needs a member mailbox: the address, a string");
    const auto mailbox = EmailAddress::parse(*named);
    if (!mailbox) return fail(ErrorKind::Malformed, "mailbox is " + mailbox.error().detail);
    TRY(const auto all, services.revocations.list(*request.account, *mailbox));
    auto from = all.begin();
    if (request.payload.has("after")) {
        const auto after = request.payload.string("after");
        from = std::ranges::find_if(all, [&](const auto& one) { return after && one.serial.hex() == *after; });
        if (from == all.end())
            return fail(ErrorKind::Malformed, "after must be the serial of a certificate of the list");
        ++from;
    }
    const auto left = static_cast<std::size_t>(all.end() - from);
    const Time now = services.clock.now();
    json::Array page;
    for (std::size_t i = 0; i < std::min(kPage, left); ++i) {
        page.push_back(describe(from[static_cast<std::ptrdiff_t>(i)], request.account->id, now));
    }
    return Answer{.body = json::object({{"certificates", std::move(page)}, {"more", left > kPage}})};
}

}  // namespace mailca::acme
