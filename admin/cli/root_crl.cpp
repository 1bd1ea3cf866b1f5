#include "ca/root_crl.h"

#include <istream>
#include <ostream>

#include "admin/cli/commands.h"
#include "ca/authority_file.h"
#include "core/secret_file.h"
#include "core/terminal.h"

namespace mailca::admin {

Result<void> makeRootCrl(const RootCrlOptions& options, const Clock& clock, std::istream& in, std::ostream& out) {
    TRY(const ca::RootCrl crl,
        ca::RootCrl::plan({options.folder, options.root, options.revoke, options.reason}, clock));
    out << "This signs:\n";
    for (const std::string& line : crl.announcement()) out << "  " << line << "\n";
    TRY_VOID(confirm(options.confirmation, in, out));
    TRY(const Secret passphrase, options.passphraseFile.empty() ? askOnce("pass-phrase of the root's key: ")
                                                                : readSecretLine(options.passphraseFile));
    const std::string key = options.keyFile.empty() ? ca::rootKeyPath(options.folder, options.root) : options.keyFile;
    TRY_VOID(crl.perform(key, passphrase));
    out << "Done: " << ca::crlPath(options.folder, options.root)
        << ". A daemon with this folder serves it within a minute; copy it to where else it is served.\n";
    return {};
}

}  // namespace mailca::admin
