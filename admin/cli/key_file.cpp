#include "admin/cli/key_file.h"

#include <fstream>
#include <iterator>

#include "core/x509/pem.h"
#include "core/x509/request.h"

namespace mailca::admin {
namespace {

Result<std::string> readFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file || content.empty()) return fail(ErrorKind::Config, path + ": cannot be read");
    return content;
}

Result<x509::Certificate> certificateIn(const std::string& content) {
    if (content.find("-----BEGIN") == std::string::npos) return x509::Certificate::fromDer(asBytes(content));
    return x509::Certificate::fromPem(content);
}

}  // namespace

Result<x509::Certificate> readCertificateFile(const std::string& path) {
    TRY(const std::string content, readFile(path));
    auto certificate = certificateIn(content);
    if (!certificate) return fail(ErrorKind::Config, path + ": is no certificate, PEM or DER");
    return certificate;
}

Result<crypto::PublicKey> readKeyFile(const std::string& path) {
    TRY(const std::string content, readFile(path));
    if (const auto der = x509::pemBlock(content, "PUBLIC KEY")) return crypto::PublicKey::fromSpki(*der);
    if (const auto certificate = certificateIn(content)) return certificate->publicKey();
    if (const auto der = x509::pemBlock(content, "CERTIFICATE REQUEST")) {
        TRY(const auto request, x509::CertificateRequest::fromDer(*der));
        return request.publicKey();
    }
    if (const auto key = crypto::PrivateKey::fromPem(content)) return key->publicKey();
    return fail(ErrorKind::Config,
                path + ": is no certificate, and holds no public key, certificate request or private key in PEM");
}

}  // namespace mailca::admin
