// One function a command: what it is given, what it leaves.
#pragma once

#include <istream>

#include "client/command_line.h"
#include "client/config.h"
#include "client/enrollment/mail_access.h"
#include "client/enrollment/surroundings.h"
#include "client/http.h"
#include "client/report.h"
#include "client/state/state_directory.h"

namespace mailca::client {

// The world of one run.
struct Context {
    const Config& config;
    const StateDirectory& state;
    Http& http;
    MailAccess& mail;
    const Surroundings& around;
    std::istream& input;  // standard input
    OutputForm form = OutputForm::Text;
};

Result<Outcome> enroll(const Context& context, const EnrollOptions& options);
Result<Outcome> renew(const Context& context, const RenewOptions& options);
Result<Outcome> certificates(const Context& context, const CertificatesOptions& options);
Result<Outcome> revoke(const Context& context, const RevokeOptions& options);
Result<Outcome> lookup(const Context& context, const LookupOptions& options);
Result<Outcome> encrypt(const Context& context, const EncryptOptions& options);
Result<Outcome> decrypt(const Context& context, const DecryptOptions& options);
Result<Outcome> sign(const Context& context, const SignOptions& options);
Result<Outcome> verify(const Context& context, const VerifyOptions& options);
Result<Outcome> status(const Context& context, const StatusOptions& options);

Result<Outcome> execute(const Command& command, const Context& context);

}  // namespace mailca::client
