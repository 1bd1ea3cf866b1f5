// S/MIME mail entities (RFC 8551 section 3): headers and base64 around CMS, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/result.h"

namespace mailca::cms {

enum class SmimeType { EnvelopedData, AuthEnvelopedData, SignedData };

// A whole application/pkcs7-mime mail entity (headers + base64, CRLF) around DER.
std::string toSmime(ByteView contentInfo, SmimeType type);
// The DER back from one, or from bare DER, BER or PEM.
Result<Bytes> fromSmime(std::string_view text);

// A whole multipart/signed mail entity (RFC 1847 section 2.1). `entity` is what was signed: a MIME entity of 7-bit
// octets with CRLF line ends. `micalg` is the digest's name (RFC 8551 section 3.5.3.2).
std::string multipartSigned(std::string_view entity, ByteView signature, std::string_view micalg);

struct SignedMail {
    std::string head;              // the mail's header fields as they stand; empty: no mail, bare DER or PEM
    Bytes contentInfo;             // DER or BER
    std::optional<Bytes> content;  // of multipart/signed: its first part, line ends CRLF
};
// Both forms of a signed mail, or bare DER, BER or PEM. Parse: none of them.
Result<SignedMail> readSigned(std::string_view text);

// Lines of base64 with CRLF (RFC 2045 section 6.8).
std::string wrappedBase64(ByteView octets);

}  // namespace mailca::cms
