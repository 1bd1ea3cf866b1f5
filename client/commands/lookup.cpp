#include "client/commands/commands.h"
#include "client/commands/judged.h"

namespace mailca::client {
namespace {

json::Value describe(const JudgedEntry& judged) {
    const x509::Certificate& certificate = judged.entry.certificate;
    json::Array roles(judged.entry.roles.begin(), judged.entry.roles.end());
    json::Value out = json::object({{"role", std::move(roles)},
                                    {"algorithm", judged.entry.algorithm},
                                    {"class", nameOf(judged.entry.trustClass)},
                                    {"serial", certificate.serial().hex()},
                                    {"fingerprint", toHex(certificate.sha256())},
                                    {"notBefore", toRfc3339(certificate.notBefore())},
                                    {"notAfter", toRfc3339(certificate.notAfter())},
                                    {"certificate", toBase64(certificate.der())},
                                    {"verified", judged.verdict.has_value()}});
    if (!judged.verdict) out.set("refused", judged.verdict.error().detail);
    return out;
}

std::string line(const JudgedEntry& judged) {
    const x509::Certificate& certificate = judged.entry.certificate;
    return "  " + std::string(nameOf(judged.entry.trustClass)) + ", " + judged.entry.algorithm + ", serial " +
           certificate.serial().hex() + ", until " + toRfc3339(certificate.notAfter()) + ": " +
           (judged.verdict ? "verified" : "REFUSED, " + judged.verdict.error().detail) + "\n";
}

}  // namespace

Result<Outcome> lookup(const Context& context, const LookupOptions& options) {
    TRY(const std::unique_ptr<Judge> judge, Judge::create(context));
    TRY(const std::vector<JudgedEntry> entries, judge->entriesOf(options.mailbox, options.role));
    json::Array described;
    std::string text = options.mailbox.text() + ": ";
    text += entries.empty() ? "no live certificate (" + options.role + ")\n"
                            : std::to_string(entries.size()) + " live (" + options.role + ")\n";
    for (const JudgedEntry& one : entries) {
        described.push_back(describe(one));
        text += line(one);
    }
    return Outcome{ExitCode::Done, json::object({{"mailbox", options.mailbox.text()}, {"entries", described}}),
                   std::move(text)};
}

}  // namespace mailca::client
