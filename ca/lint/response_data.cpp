#include "ca/lint/response_data.h"

namespace mailca::ca::lint {
namespace {

Error malformed() {
    return fail(ErrorKind::Lint, "the to-be-signed OCSP response is no DER");
}

std::optional<ResponseData::Single> readSingle(const Element& element) {
    const auto parts = readElements(element.content);
    if (element.tag != tag::kSequence || !parts) return std::nullopt;
    Fields fields(*parts);
    const Element* certId = fields.next(tag::kSequence);
    const Element* status = fields.next();
    const Element* thisUpdate = fields.next();
    if (certId == nullptr || status == nullptr || thisUpdate == nullptr) return std::nullopt;
    ResponseData::Single out{certId->whole, *status, *thisUpdate, std::nullopt, false};
    if (const Element* wrapped = fields.next(tag::constructed(0))) {
        const auto inside = readElements(wrapped->content);
        if (!inside || inside->size() != 1) return std::nullopt;
        out.nextUpdate = inside->front();
    }
    out.hasExtensions = fields.next(tag::constructed(1)) != nullptr;
    if (!fields.atEnd()) return std::nullopt;
    return out;
}

}  // namespace

Result<ResponseData> ResponseData::parse(ByteView bytes) {
    const auto parts = readInside(bytes, tag::kSequence);
    if (!parts) return malformed();
    Fields fields(*parts);
    ResponseData out;
    out.hasVersion = fields.next(tag::constructed(0)) != nullptr;
    const Element* responder = fields.next();
    const Element* producedAt = fields.next();
    const Element* list = fields.next(tag::kSequence);
    if (responder == nullptr || producedAt == nullptr || list == nullptr) return malformed();
    out.responderId = *responder;
    out.producedAt = *producedAt;
    const auto singles = readElements(list->content);
    if (!singles) return malformed();
    for (const Element& element : *singles) {
        auto single = readSingle(element);
        if (!single) return malformed();
        out.responses.push_back(std::move(*single));
    }
    if (const Element* wrapped = fields.next(tag::constructed(1))) {
        auto extensions = readExtensions(wrapped->content);
        if (!extensions) return malformed();
        out.extensions = std::move(*extensions);
    }
    if (!fields.atEnd()) return malformed();
    return out;
}

}  // namespace mailca::ca::lint
