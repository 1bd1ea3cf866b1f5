#include "core/x509/pem.h"

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

}  // namespace mailca::x509
