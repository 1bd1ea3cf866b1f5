// Public keys whose private halves everybody can have (standards D13): Debian's of CVE-2008-0166, keys printed in
// standards, keys found published. They come as lists of fingerprints beside the profiles (docs/key-policy.md), a line
// each, "#" begins a comment:
//   20 hex digits   what Debian's openssl-blacklist holds: the last 80 bits of SHA-1 of "Modulus=<HEX>\n" (RSA)
//   64 hex digits   SHA-256 of the SubjectPublicKeyInfo (any key)
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/crypto/key.h"
#include "core/result.h"

namespace mailca::ca {

// Immutable, thread-safe.
class WeakKeys final {
 public:
    // Every file of the folder; none when there is no such folder. Config, with file and line.
    static Result<WeakKeys> load(const std::string& folder);
    static Result<WeakKeys> parse(const std::vector<std::pair<std::string, std::string>>& namesAndTexts);

    bool contains(const crypto::PublicKey& key) const;
    std::size_t moduli() const { return m_moduli.size(); }  // of the first form
    std::size_t keys() const { return m_keys.size(); }      // of the second

 private:
    using ModulusPrint = std::array<std::uint8_t, 10>;
    using KeyPrint = std::array<std::uint8_t, 32>;
    bool add(std::string_view line);
    std::vector<ModulusPrint> m_moduli;  // both sorted
    std::vector<KeyPrint> m_keys;
};

}  // namespace mailca::ca
