#include "admin/cli/dns_text.h"

#include <algorithm>

namespace mailca::admin {
namespace {

constexpr std::size_t kMaxString = 255;
constexpr std::size_t kEd25519Size = 32;

}  // namespace

// An Ed25519 key stands there bare, an RSA key as SubjectPublicKeyInfo.
std::string dkimRecord(const crypto::PublicKey& key) {
    const ByteView spki = key.spki();
    if (key.type() == crypto::KeyType::Ed25519) return "v=DKIM1; k=ed25519; p=" + toBase64(spki.last(kEd25519Size));
    return "v=DKIM1; k=rsa; p=" + toBase64(spki);
}

std::string inStrings(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        out += (out.empty() ? "\"" : " \"") + std::string(text.substr(0, kMaxString)) + "\"";
        text.remove_prefix(std::min(text.size(), kMaxString));
    }
    return out;
}

}  // namespace mailca::admin
