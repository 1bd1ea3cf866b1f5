#include "mail/connection.h"

#include "core/secret_file.h"

namespace mailca::mail {

Result<ServerOptions> optionsOf(const MailServer& server) {
    ServerOptions out;
    out.host = server.host;
    out.port = server.port;
    out.security = server.security;
    out.user = server.user;
    if (!server.user.empty()) {
        TRY(out.password, readSecretLine(server.passwordFile));
    }
    out.caFile = server.caFile;
    return out;
}

}  // namespace mailca::mail
