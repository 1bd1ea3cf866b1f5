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

std::string evidenceOf(const std::vector<mail::DkimResult>& dkim) {
    json::Array signatures;
    for (const mail::DkimResult& signature : dkim) signatures.push_back(describe(signature));
    return json::object({{"dkim", std::move(signatures)}}).dump();
}

}  // namespace mailca::intake
