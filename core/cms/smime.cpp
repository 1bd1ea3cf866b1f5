#include "core/cms/smime.h"

#include <openssl/cms.h>

#include <algorithm>

#include "core/crypto/hash.h"
#include "core/crypto/openssl.h"
#include "core/text.h"
#include "core/x509/pem.h"

namespace mailca::cms {
namespace {

constexpr std::size_t kLine = 64;  // base64 characters a line (RFC 2045 allows 76)

using CmsPtr = crypto::Owned<CMS_ContentInfo, ::CMS_ContentInfo_free>;

std::string_view nameOf(SmimeType type) {
    switch (type) {
        case SmimeType::EnvelopedData:
            return "enveloped-data";
        case SmimeType::AuthEnvelopedData:
            return "authEnveloped-data";
        case SmimeType::SignedData:
            return "signed-data";
    }
    return "";
}

// The base64 in `text`, whose lines may end in any way.
Result<Bytes> fromWrappedBase64(std::string_view text) {
    std::string dense;
    std::copy_if(text.begin(), text.end(), std::back_inserter(dense),
                 [](char c) { return c != '\r' && c != '\n' && c != ' ' && c != '\t'; });
    auto decoded = fromBase64(dense);
    if (!decoded) return fail(ErrorKind::Parse, "the S/MIME part of the mail is not base64");
    return decoded;
}

// Where the body begins, behind the first empty line; npos when there is none.
std::size_t bodyOf(std::string_view text) {
    const std::size_t crlf = text.find("\r\n\r\n"), lf = text.find("\n\n");
    if (crlf == std::string_view::npos && lf == std::string_view::npos) return std::string_view::npos;
    return crlf < lf ? crlf + 4 : lf + 2;
}

Result<Bytes> fromPem(std::string_view text) {
    for (const char* label : {"CMS", "PKCS7"}) {
        if (auto octets = x509::pemBlock(text, label)) return *std::move(octets);
    }
    return fail(ErrorKind::Parse, "not an S/MIME message in PEM form");
}

// "0" begins no header field, and a length of 128 or more no PEM.
bool isDer(std::string_view text) {
    return text.size() > 1 && text.front() == '\x30' && static_cast<unsigned char>(text[1]) >= 0x80;
}

// The media type of the mail itself, lower case; empty when it names none.
std::string mediaTypeOf(std::string_view head) {
    const std::string fields = "\n" + toAsciiLower(head);
    const std::size_t field = fields.find("\ncontent-type:");
    if (field == std::string::npos) return "";
    const std::size_t first = fields.find_first_not_of(" \t\r\n", fields.find(':', field) + 1);
    if (first == std::string::npos) return "";
    return fields.substr(first, fields.find_first_of("; \t\r\n", first) - first);
}

// One reader of mail takes a CR on its own for a line's end, another does not: what the head says would depend on the
// reader.
bool hasBareCr(std::string_view head) {
    for (std::size_t at = 0; (at = head.find('\r', at)) != std::string_view::npos; ++at) {
        if (head.substr(at + 1, 1) != "\n") return true;
    }
    return false;
}

Result<SignedMail> readMultipart(std::string_view text, std::string_view head) {
    const crypto::BioPtr input = crypto::reader(asBytes(text));
    BIO* content = nullptr;
    const CmsPtr message(input == nullptr ? nullptr : ::SMIME_read_CMS(input.get(), &content));
    const crypto::BioPtr owned(content);
    crypto::dropOpensslErrors();
    if (message == nullptr || owned == nullptr) {
        return fail(ErrorKind::Parse, "the multipart/signed mail holds no S/MIME signature that can be read");
    }
    const ByteView part = crypto::written(owned.get());
    return SignedMail{std::string(head),
                      crypto::encodeDer(static_cast<const CMS_ContentInfo*>(message.get()), ::i2d_CMS_ContentInfo),
                      Bytes(part.begin(), part.end())};
}

}  // namespace

std::string wrappedBase64(ByteView octets) {
    const std::string text = toBase64(octets);
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += kLine) out.append(text, at, kLine).append("\r\n");
    return out;
}

std::string toSmime(ByteView contentInfo, SmimeType type) {
    return "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=" + std::string(nameOf(type)) +
           ";\r\n name=\"smime.p7m\"\r\nContent-Transfer-Encoding: base64\r\n"
           "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n" +
           wrappedBase64(contentInfo);
}

Result<Bytes> fromSmime(std::string_view text) {
    if (isDer(text)) return toBytes(text);
    if (text.find("-----BEGIN ") != std::string_view::npos) return fromPem(text);
    const std::size_t body = bodyOf(text);
    if (body == std::string_view::npos) return fail(ErrorKind::Parse, "neither a mail, nor PEM, nor DER");
    const std::string type = mediaTypeOf(text.substr(0, body));
    if (type != "application/pkcs7-mime" && type != "application/x-pkcs7-mime") {
        return fail(ErrorKind::Parse, "the mail is no application/pkcs7-mime: it is neither encrypted nor signed");
    }
    return fromWrappedBase64(text.substr(body));
}

std::string multipartSigned(std::string_view entity, ByteView signature, std::string_view micalg) {
    // No part can hold the digest of the signature over it.
    const std::string boundary = "signed-" + toHex(crypto::sha256(signature)).substr(0, 32);
    return "MIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n "
           "micalg=" +
           std::string(micalg) + "; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n" + std::string(entity) +
           "\r\n--" + boundary +
           "\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\nContent-Transfer-Encoding: base64\r\n"
           "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n" +
           wrappedBase64(signature) + "--" + boundary + "--\r\n";
}

Result<SignedMail> readSigned(std::string_view text) {
    const std::size_t body = isDer(text) || text.starts_with("-----BEGIN ") ? std::string_view::npos : bodyOf(text);
    const std::string_view head = body == std::string_view::npos ? std::string_view() : text.substr(0, body);
    if (hasBareCr(head))
        return fail(ErrorKind::Parse, "the head of the mail holds a CR without LF (RFC 5322 section 2.2)");
    if (mediaTypeOf(head) == "multipart/signed") return readMultipart(text, head);
    TRY(Bytes contentInfo, fromSmime(text));
    return SignedMail{std::string(head), std::move(contentInfo), std::nullopt};
}

}  // namespace mailca::cms
