#include "client/commands/mime_entity.h"

#include <algorithm>

#include "core/cms/smime.h"
#include "mail/header_split.h"
#include "mail/message.h"

namespace mailca::client {
namespace {

constexpr std::size_t kLongestLine = 998;  // octets before the CRLF (RFC 5322 section 2.1.1)

// 7bit (RFC 2045 section 2.7), of lines that end in CRLF.
bool isSevenBit(std::string_view text) {
    std::size_t start = 0;
    for (std::size_t end = text.find("\r\n"); end != std::string_view::npos; end = text.find("\r\n", start)) {
        if (end - start > kLongestLine) return false;
        start = end + 2;
    }
    return text.size() - start <= kLongestLine &&
           std::ranges::all_of(text, [](char c) { return c != '\0' && static_cast<unsigned char>(c) < 0x80; });
}

bool isMimeEntity(std::string_view wire) {
    const auto head = mail::splitHead(wire);
    return head && std::ranges::any_of(head->headers, [](const mail::Header& field) {
               return mail::equalNames(field.name, "Content-Type");
           });
}

}  // namespace

Result<std::string> signableEntity(std::string_view content) {
    std::string wire = mail::withCrlf(content);
    if (isMimeEntity(wire)) {
        if (isSevenBit(wire)) return wire;
        return fail(
            ErrorKind::Malformed,
            "the MIME entity has octets beyond 7 bit or lines beyond 998 octets, which a mail server may change "
            "and so break the signature: encode it (Content-Transfer-Encoding: quoted-printable or base64), or "
            "sign with --opaque");
    }
    const std::string type = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ";
    if (isSevenBit(wire)) return type + "7bit\r\n\r\n" + wire;
    return type + "base64\r\n\r\n" + cms::wrappedBase64(asBytes(wire));
}

}  // namespace mailca::client
