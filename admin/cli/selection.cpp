#include "admin/cli/selection.h"

#include <fstream>
#include <istream>
#include <iterator>
#include <set>

#include "core/clock.h"
#include "core/crypto/hash.h"
#include "core/email_address.h"
#include "core/ids.h"
#include "core/x509/certificate.h"

namespace mailca::admin {
namespace {

constexpr std::size_t kSerialsAtOnce = 500;  // as many as the API takes in one selection
constexpr std::size_t kLongestLine = 128;

Error wrong(const std::string& what) {
    return fail(ErrorKind::Config, what);
}

Result<std::string> readFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file || content.empty()) return wrong(path + ": cannot be read");
    return content;
}

Result<x509::Certificate> readCertificate(const std::string& path, const std::string& content) {
    auto certificate = content.find("-----BEGIN") == std::string::npos ? x509::Certificate::fromDer(asBytes(content))
                                                                       : x509::Certificate::fromPem(content);
    if (!certificate) return wrong(path + ": is no certificate, PEM or DER");
    return certificate;
}

// RFC 7468 section 13.
Result<crypto::PublicKey> readPublicKey(const std::string& path, const std::string& content) {
    constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----", kEnd = "-----END PUBLIC KEY-----";
    const auto begin = content.find(kBegin), end = content.find(kEnd);
    if (begin == std::string::npos || end == std::string::npos || end < begin) {
        TRY(const x509::Certificate certificate, readCertificate(path, content));
        return certificate.publicKey();
    }
    std::string base64;
    for (const char c : std::string_view(content).substr(begin + kBegin.size(), end - begin - kBegin.size())) {
        if (c != '\n' && c != '\r' && c != ' ') base64 += c;
    }
    const auto der = fromBase64(base64);
    if (!der) return wrong(path + ": is no public key in PEM");
    return crypto::PublicKey::fromSpki(*der);
}

Result<void> addSerials(std::istream& in, const std::string& name, std::set<Serial>& serials) {
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (line.empty()) continue;
        const auto serial = line.size() > kLongestLine ? Serial::fromHex("") : Serial::fromHex(line);
        if (!serial) return wrong(name + ":" + std::to_string(number) + ": is no serial number in hex");
        serials.insert(*serial);
    }
    return {};
}

Result<void> addList(const std::string& list, std::istream& in, std::set<Serial>& serials) {
    if (list == "-") {
        TRY_VOID(addSerials(in, "standard input", serials));
    } else {
        std::ifstream file(list);
        if (!file) return wrong(list + ": cannot be read");
        TRY_VOID(addSerials(file, list, serials));
    }
    if (serials.empty()) return wrong("the list names no certificate");
    return {};
}

Result<std::set<Serial>> serialsOf(const SelectionOptions& options, std::istream& in) {
    std::set<Serial> serials;
    for (const std::string& hex : options.serials) {
        const auto serial = Serial::fromHex(hex);
        if (!serial) return wrong("--serial " + hex + ": is no serial number in hex");
        serials.insert(*serial);
    }
    if (!options.certificate.empty()) {
        TRY(const std::string content, readFile(options.certificate));
        TRY(const x509::Certificate certificate, readCertificate(options.certificate, content));
        serials.insert(certificate.serial());
    }
    if (!options.list.empty()) TRY_VOID(addList(options.list, in, serials));
    return serials;
}

// The certificate's key too, so that another CA's certificate of the same serial number selects nothing.
Result<std::string> keyOf(const SelectionOptions& options) {
    if (!options.spki.empty()) return options.spki;
    const std::string& path = options.key.empty() ? options.certificate : options.key;
    if (path.empty()) return std::string();
    TRY(const std::string content, readFile(path));
    TRY(const crypto::PublicKey key, readPublicKey(path, content));
    return toHex(key.spkiSha256());
}

Result<json::Value> commonPart(const SelectionOptions& options) {
    json::Value out = json::object({});
    if (!options.mailbox.empty()) {
        if (!EmailAddress::parse(options.mailbox)) return wrong("--mailbox " + options.mailbox + ": is no address");
        out.set("mailbox", options.mailbox);
    }
    TRY(const std::string spki, keyOf(options));
    if (!spki.empty()) out.set("spki", spki);
    if (!options.issuer.empty()) out.set("issuer", options.issuer);
    if (!options.profile.empty()) out.set("profile", options.profile);
    for (const auto& [name, text] :
         {std::pair{"issuedFrom", options.issuedFrom}, {"issuedBefore", options.issuedBefore}}) {
        if (text.empty()) continue;
        if (!parseRfc3339(text)) return wrong(text + ": is no time like 2026-11-23T18:42:00Z");
        out.set(name, text);
    }
    return out;
}

}  // namespace

Result<std::vector<json::Value>> selectionsOf(const SelectionOptions& options, std::istream& in) {
    TRY(const std::set<Serial> serials, serialsOf(options, in));
    TRY(const json::Value common, commonPart(options));
    if (serials.empty()) {
        if (!common.asObject()->empty()) return std::vector{common};
        return wrong(
            "say which certificates: --serial, --certificate, --mailbox, --key, --spki, --issuer, --profile, "
            "--issued-from, --issued-before or --list");
    }
    std::vector<json::Value> selections;
    json::Array part;
    const auto add = [&] {
        selections.push_back(common);
        selections.back().set("serials", std::exchange(part, {}));
    };
    for (const Serial& serial : serials) {
        part.emplace_back(serial.hex());
        if (part.size() == kSerialsAtOnce) add();
    }
    if (!part.empty()) add();
    return selections;
}

}  // namespace mailca::admin
