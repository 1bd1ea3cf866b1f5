#include <algorithm>
#include <array>

#include "core/text.h"
#include "enroll/va/caa.h"
#include "enroll/va/caa_value.h"

namespace mailca::va {
namespace {

constexpr std::uint8_t kCritical = 128;
constexpr std::array<std::string_view, 4> kKnownTags{"issue", "issuewild", "issuemail", "iodef"};
constexpr std::string_view kOurMethod = "email-reply-00";
constexpr seconds kShortestPermission{8h};  // C24: max(TTL, 8 h)

// RFC 8657 section 4: a list of methods, separated by commas.
bool namesOurMethod(std::string_view methods) {
    while (true) {
        const std::size_t comma = methods.find(',');
        if (methods.substr(0, comma) == kOurMethod) return true;
        if (comma == std::string_view::npos) return false;
        methods = methods.substr(comma + 1);
    }
}

// C22. accounturi binds to one account of one CA; this judge knows no account, so that it can only be a mismatch.
bool parametersAllow(const std::vector<CaaParameter>& parameters) {
    return std::ranges::all_of(parameters, [](const CaaParameter& parameter) {
        if (parameter.tag == "accounturi") return false;
        return parameter.tag != "validationmethods" || namesOurMethod(parameter.value);
    });
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " or ") + name;
    return text;
}

}  // namespace

Result<CaaPermission> CaaJudge::judge(const std::string& domain, const std::vector<dns::CaaRecord>& set,
                                      const std::vector<std::string>& issuerDomains, Time checkedAt, seconds ttl) {
    bool restricted = false;
    bool granted = false;
    bool parametersForbid = false;
    for (const dns::CaaRecord& record : set) {
        const std::string tag = toAsciiLower(record.tag);
        const bool known = std::ranges::count(kKnownTags, tag) != 0;
        if ((record.flags & kCritical) != 0 && !known) {  // C21
            return fail(ErrorKind::Caa, "the CAA records of " + domain +
                                            " hold a critical property that we do not know (" + record.tag +
                                            "); nobody may issue who does not know it");
        }
        if (tag != "issuemail") continue;  // C17
        restricted = true;
        const auto grant = parseCaaGrant(record.value);
        const bool ours = grant && std::ranges::any_of(issuerDomains, [&grant](const std::string& name) {
                              return toAsciiLower(name) == grant->issuer;
                          });
        if (!ours) continue;  // C18-C20
        const bool allowed = parametersAllow(grant->parameters);
        granted = granted || allowed;
        parametersForbid = parametersForbid || !allowed;
    }
    if (!restricted || granted) return CaaPermission(domain, checkedAt, checkedAt + std::max(ttl, kShortestPermission));
    if (parametersForbid) {
        return fail(ErrorKind::Caa, "the CAA records of " + domain +
                                        " name us with parameters that we do not meet; only a "
                                        "validationmethods that lists email-reply-00 and no accounturi lets us issue");
    }
    return fail(ErrorKind::Caa, "the CAA records of " + domain +
                                    " let others issue for mail, but not us; add an issuemail "
                                    "property with " +
                                    joined(issuerDomains));
}

}  // namespace mailca::va
