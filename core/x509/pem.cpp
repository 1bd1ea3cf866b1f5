#include "core/x509/pem.h"

#include <openssl/pem.h>

#include "core/crypto/openssl.h"

namespace mailca::x509 {
namespace {

constexpr std::size_t kLine = 64;  // characters (RFC 7468 section 2)

}  // namespace

std::string certificatePem(ByteView der) {
    const std::string base64 = toBase64(der);
    std::string pem = "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t at = 0; at < base64.size(); at += kLine) pem.append(base64, at, kLine).append("\n");
    return pem.append("-----END CERTIFICATE-----\n");
}

std::optional<Bytes> pemBlock(std::string_view text, const char* label) {
    const crypto::BioPtr bio = crypto::reader(asBytes(text));
    unsigned char* data = nullptr;
    long length = 0;
    if (bio == nullptr || ::PEM_bytes_read_bio(&data, &length, nullptr, label, bio.get(), nullptr, nullptr) != 1) {
        crypto::dropOpensslErrors();
        return std::nullopt;
    }
    const crypto::OctetsPtr owned(data);
    return length > 0 ? std::optional(Bytes(data, data + length)) : std::nullopt;
}

}  // namespace mailca::x509
