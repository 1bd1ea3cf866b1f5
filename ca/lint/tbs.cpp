#include "ca/lint/tbs.h"

namespace mailca::ca::lint {
namespace {

Error malformed(const char* what) {
    return fail(ErrorKind::Lint, std::string("the to-be-signed ") + what + " is no DER");
}

std::optional<RawExtension> readExtension(const Element& element) {
    const auto parts = readElements(element.content);
    if (element.tag != tag::kSequence || !parts) return std::nullopt;
    Fields fields(*parts);
    const Element* id = fields.next(tag::kOid);
    const Element* critical = fields.next(tag::kBoolean);
    const Element* value = fields.next(tag::kOctetString);
    if (id == nullptr || value == nullptr || !fields.atEnd()) return std::nullopt;
    if (critical != nullptr && !same(critical->content, Bytes{0xFF})) return std::nullopt;
    return RawExtension{oidText(id->content), critical != nullptr, value->content};
}

std::optional<std::uint8_t> smallNumber(const Element& element) {
    if (element.tag != tag::kInteger || element.content.size() != 1) return std::nullopt;
    return element.content.front();
}

std::optional<RevokedCertificate> readEntry(const Element& element) {
    const auto parts = readElements(element.content);
    if (element.tag != tag::kSequence || !parts) return std::nullopt;
    Fields fields(*parts);
    const Element* serial = fields.next(tag::kInteger);
    const Element* at = fields.nextTime();
    if (serial == nullptr || at == nullptr) return std::nullopt;
    RevokedCertificate out{serial->content, *at, {}};
    if (const Element* extensions = fields.next(tag::kSequence)) {
        auto read = readExtensions(extensions->whole);
        if (!read) return std::nullopt;
        out.extensions = std::move(*read);
    }
    if (!fields.atEnd()) return std::nullopt;
    return out;
}

}  // namespace

const RawExtension* findExtension(const std::vector<RawExtension>& extensions, std::string_view oid) {
    for (const RawExtension& extension : extensions) {
        if (extension.oid == oid) return &extension;
    }
    return nullptr;
}

std::optional<std::vector<RawExtension>> readExtensions(ByteView sequence) {
    const auto elements = readInside(sequence, tag::kSequence);
    if (!elements) return std::nullopt;
    std::vector<RawExtension> out;
    for (const Element& element : *elements) {
        auto extension = readExtension(element);
        if (!extension) return std::nullopt;
        out.push_back(std::move(*extension));
    }
    return out;
}

Result<TbsCertificate> TbsCertificate::parse(ByteView tbs) {
    const auto elements = readInside(tbs, tag::kSequence);
    if (!elements) return malformed("certificate");
    Fields fields(*elements);
    TbsCertificate out;
    if (const Element* version = fields.next(tag::constructed(0))) {
        const auto inner = readOne(version->content, tag::kInteger);
        if (!inner) return malformed("certificate");
        out.version = smallNumber(*inner);
    }
    const Element* serial = fields.next(tag::kInteger);
    const Element* signature = fields.next(tag::kSequence);
    const Element* issuer = fields.next(tag::kSequence);
    const Element* validity = fields.next(tag::kSequence);
    const Element* subject = fields.next(tag::kSequence);
    const Element* key = fields.next(tag::kSequence);
    if (key == nullptr || subject == nullptr || validity == nullptr || issuer == nullptr || signature == nullptr ||
        serial == nullptr) {
        return malformed("certificate");
    }
    const auto times = readElements(validity->content);
    if (!times || times->size() != 2) return malformed("certificate");
    out.serial = serial->content;
    out.signature = signature->whole;
    out.issuer = issuer->whole;
    out.notBefore = times->front();
    out.notAfter = times->back();
    out.subject = subject->whole;
    out.publicKey = key->whole;
    for (const unsigned id : {1U, 2U})
        out.hasUniqueIds = fields.next(tag::primitive(id)) != nullptr || out.hasUniqueIds;
    if (const Element* wrapped = fields.next(tag::constructed(3))) {
        auto extensions = readExtensions(wrapped->content);
        if (!extensions) return malformed("certificate");
        out.extensions = std::move(*extensions);
    }
    if (!fields.atEnd()) return malformed("certificate");
    return out;
}

std::optional<RevokedCertificates> RevokedCertificates::parse(ByteView content) {
    for (ByteView rest = content; !rest.empty();) {
        const auto element = readFirst(rest);
        if (!element || !readEntry(*element)) return std::nullopt;
        rest = rest.subspan(element->whole.size());
    }
    return RevokedCertificates(content);
}

// What is walked was parsed: every value() is there.
RevokedCertificate RevokedCertificates::Iterator::operator*() const {
    return readEntry(readFirst(m_rest).value()).value();
}

RevokedCertificates::Iterator& RevokedCertificates::Iterator::operator++() {
    m_rest = m_rest.subspan(readFirst(m_rest).value().whole.size());
    return *this;
}

Result<TbsCrl> TbsCrl::parse(ByteView tbs) {
    const auto elements = readInside(tbs, tag::kSequence);
    if (!elements) return malformed("CRL");
    Fields fields(*elements);
    TbsCrl out;
    if (const Element* version = fields.next(tag::kInteger)) out.version = smallNumber(*version);
    const Element* signature = fields.next(tag::kSequence);
    const Element* issuer = fields.next(tag::kSequence);
    const Element* thisUpdate = fields.nextTime();
    if (signature == nullptr || issuer == nullptr || thisUpdate == nullptr) return malformed("CRL");
    out.signature = signature->whole;
    out.issuer = issuer->whole;
    out.thisUpdate = *thisUpdate;
    if (const Element* nextUpdate = fields.nextTime()) out.nextUpdate = *nextUpdate;
    if (const Element* revoked = fields.next(tag::kSequence)) {
        out.hasRevokedList = true;
        const auto entries = RevokedCertificates::parse(revoked->content);
        if (!entries) return malformed("CRL");
        out.revoked = *entries;
    }
    if (const Element* wrapped = fields.next(tag::constructed(0))) {
        auto extensions = readExtensions(wrapped->content);
        if (!extensions) return malformed("CRL");
        out.extensions = std::move(*extensions);
    }
    if (!fields.atEnd()) return malformed("CRL");
    return out;
}

std::optional<std::vector<NamePart>> readName(ByteView name) {
    const auto rdns = readInside(name, tag::kSequence);
    if (!rdns) return std::nullopt;
    std::vector<NamePart> out;
    for (const Element& rdn : *rdns) {
        const auto attributes = readInside(rdn.whole, tag::kSet);
        if (!attributes || attributes->size() != 1) return std::nullopt;
        const auto parts = readInside(attributes->front().whole, tag::kSequence);
        if (!parts || parts->size() != 2) return std::nullopt;
        const Element& value = parts->back();
        out.push_back({oidText(parts->front().content), std::string(asText(value.content)), value.tag});
    }
    return out;
}

}  // namespace mailca::ca::lint
