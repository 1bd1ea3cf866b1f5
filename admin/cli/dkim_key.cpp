#include <algorithm>
#include <filesystem>
#include <ostream>

#include "admin/cli/commands.h"
#include "admin/cli/dns_text.h"
#include "ca/new_file.h"
#include "core/crypto/key.h"

namespace mailca::admin {
namespace {

constexpr int kRsaBits = 2048;  // RFC 8301: 1024 at least, 2048 preferred

bool isDomain(const std::string& name) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    };
    return !name.empty() && name.front() != '.' && name.back() != '.' && std::all_of(name.begin(), name.end(), good);
}

}  // namespace

Result<void> makeDkimKey(const DkimKeyOptions& options, std::ostream& out) {
    if (!isDomain(options.domain) || !isDomain(options.selector)) {
        return fail(ErrorKind::Config, "--domain and --selector are names in the DNS, in lower case");
    }
    const bool rsa = options.type == "rsa";
    if (!rsa && options.type != "ed25519") return fail(ErrorKind::Config, "--type is rsa or ed25519");
    const crypto::KeySpec spec =
        rsa ? crypto::KeySpec{crypto::KeyType::Rsa, kRsaBits} : crypto::KeySpec{crypto::KeyType::Ed25519, 0};
    TRY(const crypto::PrivateKey key, crypto::PrivateKey::generate(spec));
    TRY(const Secret pem, key.toPem());
    const std::string record = dkimRecord(key.publicKey());
    const std::string name = options.folder + "/" + options.selector + "." + options.domain;
    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    if (error) return fail(ErrorKind::Io, options.folder + ": cannot be made (" + error.message() + ")");
    TRY_VOID(ca::writeNewFile(name + ".pem", pem.view(), ca::FileMode::Private));
    TRY_VOID(ca::writeNewFile(name + ".txt", asBytes(record + "\n"), ca::FileMode::Public));
    out << options.selector << "._domainkey." << options.domain << ". IN TXT ( " << inStrings(record) << " )\n";
    return {};
}

}  // namespace mailca::admin
