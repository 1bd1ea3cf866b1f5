#include <istream>
#include <ostream>

#include "admin/cli/ceremony_secrets.h"
#include "admin/cli/commands.h"
#include "ca/authority_file.h"
#include "ca/issuing_request.h"
#include "ca/new_file.h"

namespace mailca::admin {
namespace {

Result<ca::IssuingCaOrder> orderOf(const IssuingCaOptions& options) {
    TRY(ca::ReviewedPlan reviewed, ca::readCeremonyPlan(options.plan));
    return ca::IssuingCaOrder::make(options.folder, std::move(reviewed), options.hierarchy);
}

void show(const ca::IssuingCaOrder& order, const std::string& what, const std::vector<std::string>& lines,
          std::ostream& out) {
    out << "SHA-256 of the reviewed file: " << order.reviewed.sha256 << "\n" << what << ":\n";
    for (const std::string& line : lines) out << "  " << line << "\n";
}

}  // namespace

Result<void> requestIssuingCa(const IssuingCaOptions& options, const Clock& clock, Random& random, std::istream& in,
                              std::ostream& out) {
    TRY(ca::IssuingCaOrder order, orderOf(options));
    show(order, "This makes", {"the key of " + order.name() + ", and a CSR for it"}, out);
    TRY(order.confirmedBy, confirmPlan(order.reviewed, options.confirmation, in, out));
    TRY(const TypedSecrets secrets, newSecrets(options, order.plan()));
    TRY(const std::string csr,
        ca::requestIssuingCa(order, {secrets.passphrase, secrets.pin, ca::SealCost::moderate()}, clock, random));
    out << "Done: " << csr << ". Take it to where the root's key is, and sign it there with `mailca-admin issuing-ca "
        << "sign`.\n";
    return {};
}

Result<void> signIssuingCa(const IssuingCaOptions& options, const Clock& clock, Random& random, std::istream& in,
                           std::ostream& out) {
    TRY(ca::IssuingCaOrder order, orderOf(options));
    TRY(const Bytes csr, ca::readWholeFile(options.csrFile.empty() ? order.csrPath() : options.csrFile));
    TRY(ca::IssuingCaSignature signature, ca::IssuingCaSignature::prepare(order, csr, clock, random));
    show(order, "This signs, and every lint passed on these octets", signature.announcement(), out);
    TRY(order.confirmedBy, confirmPlan(order.reviewed, options.confirmation, in, out));
    const std::string root = order.plan().rootName(order.of());
    const std::string key = options.keyFile.empty() ? ca::rootKeyPath(options.folder, root) : options.keyFile;
    TRY(const TypedSecrets secrets, knownSecrets({options.passphraseFile, ""}, {}));
    TRY(const std::string certificate, std::move(signature).sign(order, key, secrets.passphrase));
    out << "Done: " << certificate << ". Where the daemon runs, `mailca-admin issuing-ca install` takes it in.\n";
    return {};
}

Result<void> installIssuingCa(const IssuingCaOptions& options, const Clock& clock, Random& random, std::istream& in,
                              std::ostream& out) {
    TRY(ca::IssuingCaOrder order, orderOf(options));
    const std::string file =
        options.certificateFile.empty() ? ca::certificatePath(options.folder, order.name()) : options.certificateFile;
    TRY(const Bytes certificate, ca::readWholeFile(file));
    TRY(const ca::IssuingCaInstallation installation, ca::IssuingCaInstallation::prepare(order, certificate));
    show(order, "From the daemon's next start on, this issues", installation.announcement(), out);
    TRY(order.confirmedBy, confirmPlan(order.reviewed, options.confirmation, in, out));
    TRY(const TypedSecrets secrets, knownSecrets(options, order.plan()));
    TRY_VOID(installation.install(order, {secrets.passphrase, secrets.pin, ca::SealCost::moderate()}, clock, random));
    out << "Done. Start the daemon again. Issuing CAs that were there go on with their CRLs and OCSP.\n";
    return {};
}

}  // namespace mailca::admin
