#include "admin/cli/confirmation.h"

#include <algorithm>
#include <istream>
#include <ostream>

namespace mailca::admin {
namespace {

constexpr std::size_t kDigits = 8;  // of the digest; whoever types them looked at it

Error notConfirmed(const std::string& why) {
    return fail(ErrorKind::UserActionRequired, why + "; nothing was signed");
}

std::string ask(const std::string& question, std::istream& in, std::ostream& out) {
    out << question << ": " << std::flush;
    std::string answer;
    std::getline(in, answer);
    return answer;
}

}  // namespace

Result<void> confirm(Confirmation confirmation, std::istream& in, std::ostream& out) {
    if (confirmation == Confirmation::Given || ask("Type yes to go on", in, out) == "yes") return {};
    return notConfirmed("not confirmed");
}

Result<std::vector<std::string>> confirmPlan(const ca::ReviewedPlan& reviewed, Confirmation confirmation,
                                             std::istream& in, std::ostream& out) {
    std::vector<std::string> confirmed;
    if (reviewed.plan.people.empty()) {
        TRY_VOID(confirm(confirmation, in, out));
        return confirmed;
    }
    if (confirmation == Confirmation::Given) {
        return fail(ErrorKind::Config, "the reviewed file names people who have to confirm; leave --yes out");
    }
    const auto wanted = static_cast<std::size_t>(reviewed.plan.confirmations);
    while (confirmed.size() < wanted) {
        const std::string who = "person " + std::to_string(confirmed.size() + 1) + " of " + std::to_string(wanted);
        const std::string name = ask("Name of " + who, in, out);
        if (std::ranges::count(reviewed.plan.people, name) == 0) {
            return notConfirmed("\"" + name + "\" is none of the people that the reviewed file names");
        }
        if (std::ranges::count(confirmed, name) > 0) return notConfirmed(name + " has confirmed already");
        const std::string digits =
            ask("First 8 digits of the SHA-256 of " + name + "'s own copy of the reviewed file", in, out);
        if (digits != reviewed.sha256.substr(0, kDigits)) return notConfirmed(name + " reviewed another file");
        confirmed.push_back(name);
    }
    return confirmed;
}

}  // namespace mailca::admin
