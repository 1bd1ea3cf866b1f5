// mailca's command line (docs/cli.md) as values.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/config.h"
#include "core/clock.h"
#include "core/cms/signed.h"
#include "core/email_address.h"
#include "core/ids.h"

namespace mailca::client {

inline constexpr seconds kUsualPatience{180};

struct EnrollOptions {
    EmailAddress mailbox;
    TermsAgreement terms = TermsAgreement::NotYet;
    std::string profile;  // empty: what was enrolled before, or kUsualProfile
    std::string keyType;  // empty: the usual one for each use
    seconds patience = kUsualPatience;
};
enum class RenewWhen : std::uint8_t { Due, Now };
struct RenewOptions {
    std::optional<EmailAddress> mailbox;  // nullopt: all
    RenewWhen when = RenewWhen::Due;
    seconds patience = kUsualPatience;
};
struct CertificatesOptions {
    EmailAddress mailbox;
};
// Which certificates of a mailbox: every live one of this machine; those that other accounts ordered; or one.
struct OfThisMachine {};
struct OfOthers {};
struct RevokeOptions {
    EmailAddress mailbox;
    int reason = 0;  // RFC 5280 section 5.3.1; 0: none is sent
    std::variant<OfThisMachine, OfOthers, Serial> which;
};
struct LookupOptions {
    EmailAddress mailbox;
    std::string role;
};
// Empty path or "-": standard input or output.
struct EncryptOptions {
    std::vector<EmailAddress> to;
    std::optional<EmailAddress> from;
    std::string input, output;
};
struct DecryptOptions {
    std::string input, output;
};
struct SignOptions {
    std::optional<EmailAddress> as;
    cms::SignatureForm form = cms::SignatureForm::Detached;
    std::string input, output;
};
struct VerifyOptions {
    std::optional<EmailAddress> from;
    std::string input, output;
};
struct StatusOptions {
    std::optional<EmailAddress> mailbox;
};
using Command = std::variant<EnrollOptions, RenewOptions, CertificatesOptions, RevokeOptions, LookupOptions,
                             EncryptOptions, DecryptOptions, SignOptions, VerifyOptions, StatusOptions>;

enum class OutputForm : std::uint8_t { Text, Json };

struct CommandLine {
    std::string config;  // empty: the usual place
    OutputForm form = OutputForm::Text;
    Command command;
};
struct HelpText {
    std::string text;
};

// Config error with what is wrong and how to get help.
Result<std::variant<CommandLine, HelpText>> parseCommandLine(int argc, const char* const* argv);

}  // namespace mailca::client
