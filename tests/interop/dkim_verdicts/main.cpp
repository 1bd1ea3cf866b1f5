// What our verifier says of mails: `dkim_verdicts ZONE MAIL...`; ZONE has lines of "name<TAB>text". A line each, in
// their order: pass or fail for every signature from the top, then why the last one failed.
#include <iostream>
#include <sstream>

#include "mail/dkim_verifier.h"
#include "tests/mail/table_resolver.h"

namespace {

using namespace mailca;

std::string verdictsOf(dns::Resolver& resolver, const std::string& raw) {
    const auto message = mail::Message::parse(raw);
    if (!message) return "unreadable\t" + message.error().detail;
    const SystemClock clock;
    std::string verdicts, why;
    for (const mail::DkimResult& one : mail::DkimVerifier(resolver, clock).verify(*message)) {
        verdicts +=
            (verdicts.empty() ? "" : " ") + std::string(one.verdict == mail::DkimVerdict::Pass ? "pass" : "fail");
        if (one.verdict != mail::DkimVerdict::Pass) why = one.reason;
    }
    return (verdicts.empty() ? "unsigned" : verdicts) + "\t" + why;
}

}  // namespace

int main(int count, char** words) {
    test::TableResolver resolver;
    std::istringstream zone(test::readFile(words[1]));
    for (std::string line; std::getline(zone, line);) {
        const std::size_t tab = line.find('\t');
        resolver.add(line.substr(0, tab), line.substr(tab + 1));
    }
    for (int i = 2; i < count; ++i) std::cout << verdictsOf(resolver, test::readFile(words[i])) << "\n";
}
