#include <algorithm>

#include "core/cms/enveloped.h"
#include "core/crypto/openssl.h"
#include "core/text.h"

namespace mailca::cms {
namespace {

constexpr std::size_t kLine = 64;  // base64 characters a line (RFC 2045 allows 76)

// The base64 in `text`, whose lines may end in any way.
Result<Bytes> fromWrappedBase64(std::string_view text) {
    std::string dense;
    std::copy_if(text.begin(), text.end(), std::back_inserter(dense),
                 [](char c) { return c != '\r' && c != '\n' && c != ' ' && c != '\t'; });
    auto decoded = fromBase64(dense);
    if (!decoded) return fail(ErrorKind::Parse, "the encrypted part of the mail is not base64");
    return decoded;
}

// Where the body begins, behind the first empty line; npos when there is none.
std::size_t bodyOf(std::string_view text) {
    const std::size_t crlf = text.find("\r\n\r\n"), lf = text.find("\n\n");
    if (crlf == std::string_view::npos && lf == std::string_view::npos) return std::string_view::npos;
    return crlf < lf ? crlf + 4 : lf + 2;
}

Result<Bytes> fromPem(std::string_view text) {
    const crypto::BioPtr bio = crypto::reader(asBytes(text));
    for (const char* label : {"CMS", "PKCS7"}) {
        unsigned char* data = nullptr;
        long length = 0;
        if (bio == nullptr || BIO_reset(bio.get()) < 0 ||
            ::PEM_bytes_read_bio(&data, &length, nullptr, label, bio.get(), nullptr, nullptr) != 1) {
            crypto::dropOpensslErrors();
            continue;
        }
        const crypto::OctetsPtr owned(data);
        if (length > 0) return Bytes(data, data + length);
    }
    return fail(ErrorKind::Parse, "not an encrypted S/MIME message in PEM form");
}

}  // namespace

std::string toSmime(ByteView contentInfo, ContentCipher cipher) {
    const std::string_view type = cipher == ContentCipher::Aes256Gcm ? "authEnveloped-data" : "enveloped-data";
    std::string out = "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=" + std::string(type) +
                      ";\r\n name=\"smime.p7m\"\r\nContent-Transfer-Encoding: base64\r\n"
                      "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n";
    const std::string text = toBase64(contentInfo);
    for (std::size_t at = 0; at < text.size(); at += kLine) out.append(text, at, kLine).append("\r\n");
    return out;
}

Result<Bytes> fromSmime(std::string_view text) {
    if (!text.empty() && text.front() == '\x30') {
        const bool der = text.size() > 1 && static_cast<unsigned char>(text[1]) >= 0x80;  // "0" begins no header field
        if (der) return toBytes(text);
    }
    if (text.find("-----BEGIN ") != std::string_view::npos) return fromPem(text);
    const std::size_t body = bodyOf(text);
    if (body == std::string_view::npos) return fail(ErrorKind::Parse, "neither a mail, nor PEM, nor DER");
    const std::string headers = toAsciiLower(text.substr(0, body));
    if (headers.find("application/pkcs7-mime") == std::string::npos &&
        headers.find("application/x-pkcs7-mime") == std::string::npos) {
        return fail(ErrorKind::Parse, "the mail is no application/pkcs7-mime: it is not encrypted");
    }
    return fromWrappedBase64(text.substr(body));
}

}  // namespace mailca::cms
