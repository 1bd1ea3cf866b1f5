#include "core/crypto/spki.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace mailca::crypto {
namespace {

// All that stands before the octets of the key: SEQUENCE, AlgorithmIdentifier, BIT STRING, no unused bits.
constexpr std::array<std::uint8_t, 26> kP256{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
                                             0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
                                             0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
constexpr std::array<std::uint8_t, 23> kP384{0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02,
                                             0x01, 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00};
constexpr std::array<std::uint8_t, 25> kP521{0x30, 0x81, 0x9B, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86,
                                             0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81,
                                             0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00};
constexpr std::array<std::uint8_t, 26> kSm2{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
                                            0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x81, 0x1C,
                                            0xCF, 0x55, 0x01, 0x82, 0x2D, 0x03, 0x42, 0x00};
constexpr std::array<std::uint8_t, 12> kEd25519{0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};
constexpr std::uint8_t kUncompressed = 0x04;

struct Form {
    KeyType type;
    ByteView prefix;
    std::size_t octets;  // behind the prefix
};
constexpr std::array kForms{Form{KeyType::P256, kP256, 65}, Form{KeyType::P384, kP384, 97},
                            Form{KeyType::P521, kP521, 133}, Form{KeyType::Sm2, kSm2, 65},
                            Form{KeyType::Ed25519, kEd25519, 32}};

}  // namespace

std::optional<RawKey> splitSpki(ByteView der) {
    for (const Form& form : kForms) {
        if (der.size() != form.prefix.size() + form.octets) continue;
        if (!std::equal(form.prefix.begin(), form.prefix.end(), der.begin())) continue;
        const ByteView bits = der.subspan(form.prefix.size());
        if (form.type != KeyType::Ed25519 && bits.front() != kUncompressed) continue;
        return RawKey{form.type, bits};
    }
    return std::nullopt;
}

Bytes joinSpki(const RawKey& key) {
    const auto form = std::ranges::find(kForms, key.type, &Form::type);
    if (form == kForms.end() || key.bits.size() != form->octets) throw std::logic_error("no raw key of this kind");
    Bytes out(form->prefix.begin(), form->prefix.end());
    out.insert(out.end(), key.bits.begin(), key.bits.end());
    return out;
}

}  // namespace mailca::crypto
