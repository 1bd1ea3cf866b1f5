#include "client/commands/commands.h"

namespace mailca::client {
namespace {

struct Execution final {
    const Context& context;
    Result<Outcome> operator()(const EnrollOptions& options) const { return enroll(context, options); }
    Result<Outcome> operator()(const RenewOptions& options) const { return renew(context, options); }
    Result<Outcome> operator()(const CertificatesOptions& options) const { return certificates(context, options); }
    Result<Outcome> operator()(const RevokeOptions& options) const { return revoke(context, options); }
    Result<Outcome> operator()(const LookupOptions& options) const { return lookup(context, options); }
    Result<Outcome> operator()(const EncryptOptions& options) const { return encrypt(context, options); }
    Result<Outcome> operator()(const DecryptOptions& options) const { return decrypt(context, options); }
    Result<Outcome> operator()(const SignOptions& options) const { return sign(context, options); }
    Result<Outcome> operator()(const VerifyOptions& options) const { return verify(context, options); }
    Result<Outcome> operator()(const StatusOptions& options) const { return status(context, options); }
};

}  // namespace

Result<Outcome> execute(const Command& command, const Context& context) {
    return std::visit(Execution{context}, command);
}

}  // namespace mailca::client
