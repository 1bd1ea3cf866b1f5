#include "enroll/intake/evidence.h"

#include "core/json/json.h"

namespace mailca::intake {
namespace {

std::string_view nameOf(mail::DkimVerdict verdict) {
    switch (verdict) {
        case mail::DkimVerdict::Pass:
            return "pass";
        case mail::DkimVerdict::Fail:
            return "fail";
        case mail::DkimVerdict::TempFail:
            break;
    }
    return "temporary failure";
}

std::string_view nameOf(va::InReplyTo inReplyTo) {
    switch (inReplyTo) {
        case va::InReplyTo::Matches:
            return "matches";
        case va::InReplyTo::Differs:
            return "differs";
        case va::InReplyTo::Absent:
            break;
    }
    return "absent";
}

json::Value describe(const mail::DkimResult& signature) {
    json::Array headers;
    for (const std::string& header : signature.signedHeaders) headers.emplace_back(header);
    return json::object({{"verdict", nameOf(signature.verdict)},
                         {"reason", signature.reason},
                         {"d", signature.domain},
                         {"s", signature.selector},
                         {"a", signature.algorithm},
                         {"i", signature.identity},
                         {"h", std::move(headers)},
                         {"bits", static_cast<std::int64_t>(signature.keyBits)},
                         {"key", signature.keyRecord},
                         {"dnssec", dns::toText(signature.dnssec)}});
}

}  // namespace

std::string evidenceOf(const std::vector<mail::DkimResult>& dkim, std::optional<va::InReplyTo> inReplyTo) {
    json::Array signatures;
    for (const mail::DkimResult& signature : dkim) signatures.push_back(describe(signature));
    json::Value evidence = json::object({{"dkim", std::move(signatures)}});
    if (inReplyTo) evidence.set("inReplyTo", nameOf(*inReplyTo));
    return evidence.dump();
}

}  // namespace mailca::intake
