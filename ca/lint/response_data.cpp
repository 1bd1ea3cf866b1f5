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

int number(std::string_view digits) {
    int value = 0;
    for (const char digit : digits) value = value * 10 + (digit - '0');
    return value;
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

std::optional<Time> readGeneralizedTime(const Element& time) {
    const std::string_view text = asText(time.content);
    if (time.tag != tag::kGeneralizedTime || text.size() != 15 || text.back() != 'Z') return std::nullopt;
    if (text.find_first_not_of("0123456789") != 14) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{number(text.substr(0, 4))},
                                           std::chrono::month{static_cast<unsigned>(number(text.substr(4, 2)))},
                                           std::chrono::day{static_cast<unsigned>(number(text.substr(6, 2)))}};
    const int hours = number(text.substr(8, 2)), minutes = number(text.substr(10, 2)),
              secs = number(text.substr(12, 2));
    if (!date.ok() || hours > 23 || minutes > 59 || secs > 59) return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{hours} + std::chrono::minutes{minutes} + seconds{secs};
}

}  // namespace mailca::ca::lint
