#include "admin/cli/selection.h"

#include <fstream>
#include <istream>
#include <set>

#include "admin/cli/key_file.h"
#include "core/clock.h"
#include "core/email_address.h"
#include "core/ids.h"

namespace mailca::admin {
namespace {

constexpr std::size_t kSerialsAtOnce = 500;  // as many as the API takes in one selection
constexpr std::size_t kLongestLine = 128;

Error wrong(const std::string& what) {
    return fail(ErrorKind::Config, what);
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
        TRY(const x509::Certificate certificate, readCertificateFile(options.certificate));
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
    TRY(const crypto::PublicKey key, readKeyFile(path));
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
