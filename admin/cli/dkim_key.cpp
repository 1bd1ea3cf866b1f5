#include <algorithm>
#include <filesystem>
#include <ostream>

#include "admin/cli/commands.h"
#include "ca/new_file.h"
#include "core/crypto/key.h"

namespace mailca::admin {
namespace {

constexpr int kRsaBits = 2048;           // RFC 8301: 1024 at least, 2048 preferred
constexpr std::size_t kMaxString = 255;  // of one character-string in a TXT record (RFC 1035 section 3.3)
constexpr std::size_t kEd25519Size = 32;

bool isDomain(const std::string& name) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    };
    return !name.empty() && name.front() != '.' && name.back() != '.' && std::all_of(name.begin(), name.end(), good);
}

// RFC 6376 section 3.6.1; RFC 8463 section 4: an Ed25519 key stands there bare, an RSA key as SubjectPublicKeyInfo.
std::string recordOf(const crypto::PublicKey& key) {
    const ByteView spki = key.spki();
    if (key.type() == crypto::KeyType::Ed25519) return "v=DKIM1; k=ed25519; p=" + toBase64(spki.last(kEd25519Size));
    return "v=DKIM1; k=rsa; p=" + toBase64(spki);
}

std::string inStrings(std::string_view record) {
    std::string out;
    while (!record.empty()) {
        out += (out.empty() ? "\"" : " \"") + std::string(record.substr(0, kMaxString)) + "\"";
        record.remove_prefix(std::min(record.size(), kMaxString));
    }
    return out;
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
    const std::string record = recordOf(key.publicKey());
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
