#include "ca/ocsp/request.h"

#include "ca/lint/tbs.h"

namespace mailca::ca::ocsp {
namespace {

using lint::Element;
using lint::Fields;
using lint::RawExtension;
namespace tag = lint::tag;

// RFC 9654 section 2.1.
constexpr std::size_t kShortestEchoed = 16, kLongestEchoed = 32, kLongestNonce = 128;

Error malformed(const std::string& why) {
    return fail(ErrorKind::Malformed, "the OCSP request " + why);
}

// AlgorithmIdentifier with parameters NULL or none; with others it is no hash that we know.
Result<IdHash> readHash(const Element& algorithm) {
    const auto parts = lint::readElements(algorithm.content);
    if (!parts || parts->empty() || parts->size() > 2 || parts->front().tag != tag::kOid) {
        return malformed("names its hash in no AlgorithmIdentifier");
    }
    static constexpr std::uint8_t kNull[] = {0x05, 0x00};
    if (parts->size() == 2 && !lint::same(parts->back().whole, kNull)) return IdHash::Other;
    static constexpr std::uint8_t kSha1[] = {0x2B, 0x0E, 0x03, 0x02, 0x1A};
    static constexpr std::uint8_t kSha256[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
    if (lint::same(parts->front().content, kSha1)) return IdHash::Sha1;
    if (lint::same(parts->front().content, kSha256)) return IdHash::Sha256;
    return IdHash::Other;
}

// Nothing for numbers that no certificate has: negative, longer than 20 octets (D25), or with more leading zeros than
// DER wants. The same number in many spellings would be kept as many answers.
std::optional<Serial> readSerial(ByteView content) {
    constexpr std::size_t kLongest = 20;
    const bool padded = content.size() > 1 && content[0] == 0 && (content[1] & 0x80U) == 0;
    if ((content.front() & 0x80U) != 0 || content.size() > kLongest || padded) return std::nullopt;
    auto serial = Serial::fromBytes(content);
    if (!serial) return std::nullopt;
    return *std::move(serial);
}

Result<CertId> readId(const Element& certId) {
    const auto parts = lint::readElements(certId.content);
    if (!parts) return malformed("holds a CertID that is no DER");
    Fields fields(*parts);
    const Element* algorithm = fields.next(tag::kSequence);
    const Element* name = fields.next(tag::kOctetString);
    const Element* key = fields.next(tag::kOctetString);
    const Element* serial = fields.next(tag::kInteger);
    if (algorithm == nullptr || name == nullptr || key == nullptr || serial == nullptr || serial->content.empty() ||
        !fields.atEnd()) {
        return malformed("holds a CertID that lacks a part");
    }
    TRY(const IdHash hash, readHash(*algorithm));
    const auto copy = [](ByteView bytes) { return Bytes(bytes.begin(), bytes.end()); };
    return CertId{copy(certId.whole), hash, copy(name->content), copy(key->content), readSerial(serial->content)};
}

// RFC 6960 section 4.4: an extension that is not understood is ignored unless it is critical.
Result<std::vector<RawExtension>> readExtensions(const Element& wrapped) {
    auto extensions = lint::readExtensions(wrapped.content);
    if (!extensions) return malformed("has extensions that cannot be read");
    for (const RawExtension& extension : *extensions) {
        if (extension.critical && extension.oid != lint::oid::kOcspNonce) {
            return malformed("has the critical extension " + extension.oid + ", which is unknown here");
        }
    }
    return *std::move(extensions);
}

Result<CertId> readSingle(const Element& single) {
    const auto parts = lint::readElements(single.content);
    if (single.tag != tag::kSequence || !parts) return malformed("asks in no DER");
    Fields fields(*parts);
    const Element* certId = fields.next(tag::kSequence);
    if (certId == nullptr) return malformed("asks for no certificate");
    if (const Element* extensions = fields.next(tag::constructed(0))) {
        TRY_VOID(readExtensions(*extensions));
    }
    if (!fields.atEnd()) return malformed("has something behind a CertID");
    return readId(*certId);
}

Result<Bytes> readNonce(const std::vector<RawExtension>& extensions) {
    const RawExtension* found = nullptr;
    for (const RawExtension& extension : extensions) {
        if (extension.oid != lint::oid::kOcspNonce) continue;
        if (found != nullptr) return malformed("has two nonces");
        found = &extension;
    }
    if (found == nullptr) return Bytes{};
    const auto nonce = lint::readOne(found->value, tag::kOctetString);
    if (!nonce || nonce->content.empty() || nonce->content.size() > kLongestNonce) {
        return malformed("has a nonce that is not an OCTET STRING of 1 to 128 octets (RFC 9654 section 2.1)");
    }
    const std::size_t size = nonce->content.size();
    if (size < kShortestEchoed || size > kLongestEchoed) return Bytes{};
    return Bytes(nonce->content.begin(), nonce->content.end());
}

Result<void> checkVersion(const Element* wrapped) {
    static constexpr std::uint8_t kV1[] = {0x02, 0x01, 0x00};
    if (wrapped == nullptr || lint::same(wrapped->content, kV1)) return {};
    return malformed("is not of version 1");
}

// OCSPRequest ::= SEQUENCE { tbsRequest, optionalSignature [0] OPTIONAL }
Result<Element> readTbs(ByteView der) {
    const auto outer = lint::readInside(der, tag::kSequence);
    if (!outer) return malformed("is no DER");
    Fields fields(*outer);
    const Element* tbs = fields.next(tag::kSequence);
    fields.next(tag::constructed(0));
    if (tbs == nullptr || !fields.atEnd()) return malformed("is none");
    return *tbs;
}

}  // namespace

Result<Request> parseRequest(ByteView der) {
    if (der.size() > kLongestRequest) return malformed("is longer than " + std::to_string(kLongestRequest) + " octets");
    TRY(const Element tbs, readTbs(der));
    const auto parts = lint::readElements(tbs.content);
    if (!parts) return malformed("is no DER");
    Fields fields(*parts);
    TRY_VOID(checkVersion(fields.next(tag::constructed(0))));
    fields.next(tag::constructed(1));  // requestorName
    const Element* list = fields.next(tag::kSequence);
    const Element* extensions = fields.next(tag::constructed(2));
    if (list == nullptr || !fields.atEnd()) return malformed("has no list of certificates");
    const auto singles = lint::readElements(list->content);
    if (!singles || singles->empty() || singles->size() > kMostIds) {
        return malformed("asks for none, or for more than " + std::to_string(kMostIds) + " certificates at once");
    }
    Request out;
    if (extensions != nullptr) {
        TRY(const auto read, readExtensions(*extensions));
        TRY(out.nonce, readNonce(read));
    }
    for (const Element& single : *singles) {
        TRY(CertId id, readSingle(single));
        out.ids.push_back(std::move(id));
    }
    return out;
}

}  // namespace mailca::ca::ocsp
