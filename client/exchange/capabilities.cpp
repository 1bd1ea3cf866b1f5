#include "client/exchange/capabilities.h"

#include <algorithm>
#include <array>

namespace mailca::client {
namespace {

constexpr std::string_view kSmimeCapabilities = "1.2.840.113549.1.9.15";
constexpr std::array<std::uint8_t, 9> kAes256Gcm{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2E};
constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint8_t kOid = 0x06;

// Takes one value with this tag from the front of `der`; nullopt when there is none.
std::optional<ByteView> take(ByteView& der, std::uint8_t tag) {
    if (der.size() < 2 || der[0] != tag) return std::nullopt;
    std::size_t header = 2;
    std::size_t length = der[1];
    if (length == 0x81 && der.size() > 2) {
        header = 3;
        length = der[2];
    } else if (length == 0x82 && der.size() > 3) {
        header = 4;
        length = static_cast<std::size_t>(der[2]) << 8 | der[3];
    } else if (length >= 0x80) {
        return std::nullopt;
    }
    if (der.size() - header < length) return std::nullopt;
    const ByteView content = der.subspan(header, length);
    der = der.subspan(header + length);
    return content;
}

}  // namespace

bool namesAes256Gcm(ByteView smimeCapabilities) {
    auto list = take(smimeCapabilities, kSequence);
    if (!list) return false;
    while (auto capability = take(*list, kSequence)) {
        const auto algorithm = take(*capability, kOid);
        if (algorithm && std::ranges::equal(*algorithm, kAes256Gcm)) return true;
    }
    return false;
}

cms::ContentCipher cipherFor(const std::vector<VerifiedCertificate>& recipients) {
    const bool all = std::ranges::all_of(recipients, [](const VerifiedCertificate& recipient) {
        const auto extension = recipient.certificate().extension(kSmimeCapabilities);
        return extension && namesAes256Gcm(extension->value);
    });
    return all && !recipients.empty() ? cms::ContentCipher::Aes256Gcm : cms::ContentCipher::Aes256Cbc;
}

}  // namespace mailca::client
