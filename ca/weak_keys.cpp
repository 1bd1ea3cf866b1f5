#include "ca/weak_keys.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/crypto/hash.h"

namespace mailca::ca {
namespace {

namespace fs = std::filesystem;

template <std::size_t N>
bool addHex(std::vector<std::array<std::uint8_t, N>>& list, std::string_view text) {
    const auto octets = fromHex(text);
    if (!octets || octets->size() != N) return false;
    std::copy(octets->begin(), octets->end(), list.emplace_back().begin());
    return true;
}

template <std::size_t N>
bool holds(const std::vector<std::array<std::uint8_t, N>>& list, ByteView print) {
    std::array<std::uint8_t, N> wanted{};
    std::copy(print.begin(), print.end(), wanted.begin());
    return std::binary_search(list.begin(), list.end(), wanted);
}

// What `openssl rsa -noout -modulus` prints.
std::string modulusLine(const crypto::PublicKey& key) {
    std::string hex = toHex(key.rsaModulus());
    for (char& digit : hex) {
        if (digit >= 'a') digit = static_cast<char>(digit - 'a' + 'A');
    }
    return "Modulus=" + hex + "\n";
}

std::string_view trimmed(std::string_view line) {
    line = line.substr(0, line.find('#'));
    constexpr std::string_view kBlank = " \t\r";
    const std::size_t from = line.find_first_not_of(kBlank);
    if (from == std::string_view::npos) return {};
    return line.substr(from, line.find_last_not_of(kBlank) - from + 1);
}

}  // namespace

bool WeakKeys::add(std::string_view line) {
    return line.size() == 2 * ModulusPrint{}.size() ? addHex(m_moduli, line) : addHex(m_keys, line);
}

Result<WeakKeys> WeakKeys::parse(const std::vector<std::pair<std::string, std::string>>& namesAndTexts) {
    WeakKeys out;
    for (const auto& [name, text] : namesAndTexts) {
        std::size_t number = 0;
        for (std::string_view rest = text; !rest.empty();) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            const std::string_view line = trimmed(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            ++number;
            if (line.empty() || out.add(line)) continue;
            return fail(ErrorKind::Config, name + ", line " + std::to_string(number) +
                                               ": neither 20 hex digits (Debian's openssl-blacklist) nor 64 (SHA-256 "
                                               "of a SubjectPublicKeyInfo)");
        }
    }
    std::sort(out.m_moduli.begin(), out.m_moduli.end());
    std::sort(out.m_keys.begin(), out.m_keys.end());
    return out;
}

Result<WeakKeys> WeakKeys::load(const std::string& folder) {
    std::error_code error;
    if (!fs::exists(folder, error) && !error) return WeakKeys();
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        std::ifstream file(entry.path(), std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        if (!file) return fail(ErrorKind::Config, entry.path().string() + ": cannot be read; may this user read it?");
        files.emplace_back(entry.path().string(), text.str());
    }
    if (error) return fail(ErrorKind::Config, folder + ": cannot be listed (" + error.message() + ")");
    return parse(files);
}

bool WeakKeys::contains(const crypto::PublicKey& key) const {
    if (!m_keys.empty() && holds(m_keys, key.spkiSha256())) return true;
    if (m_moduli.empty() || key.type() != crypto::KeyType::Rsa) return false;
    const Bytes sha1 = crypto::sha1(asBytes(modulusLine(key)));
    return holds(m_moduli, ByteView(sha1).last(ModulusPrint{}.size()));
}

}  // namespace mailca::ca
