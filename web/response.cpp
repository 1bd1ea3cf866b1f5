#include "web/response.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "web/request.h"
#include "web/syntax.h"

namespace mailca::web {
namespace {

constexpr std::array<std::string_view, 5> kOwnFields{"Content-Type", "Content-Length", "Connection",
                                                     "Transfer-Encoding", "Date"};

void requireValue(std::string_view value, const char* what) {
    if (!isFieldValue(value)) throw std::invalid_argument(std::string(what) + " with a control character");
}

}  // namespace

Response::Response(int status, std::string contentType, std::string body)
    : m_status(status), m_contentType(std::move(contentType)), m_body(std::move(body)) {
    if (status < 200 || status > 599) throw std::invalid_argument("not the status of a final answer");
    if (m_contentType.empty() && !m_body.empty()) throw std::invalid_argument("a body without a content type");
    requireValue(m_contentType, "a content type");
}

Response Response::json(int status, const mailca::json::Value& value) {
    return {status, "application/json", value.dump()};
}

Response Response::bytes(int status, std::string contentType, ByteView body) {
    return {status, std::move(contentType), std::string(asText(body))};
}

Response& Response::add(std::string name, std::string value) & {
    if (!isToken(name)) throw std::invalid_argument("not a field name");
    requireValue(value, "a field value");
    if (std::any_of(kOwnFields.begin(), kOwnFields.end(), [&](auto own) { return equalsIgnoringCase(own, name); })) {
        throw std::invalid_argument("the server writes " + name + " itself");
    }
    m_fields.emplace_back(std::move(name), std::move(value));
    return *this;
}

Response Response::with(std::string name, std::string value) && {
    add(std::move(name), std::move(value));
    return std::move(*this);
}

Response Response::withNote(std::string note) && {
    m_note = std::move(note);
    return std::move(*this);
}

std::string_view Response::field(std::string_view name) const {
    for (const auto& [key, value] : m_fields) {
        if (equalsIgnoringCase(key, name)) return value;
    }
    return {};
}

}  // namespace mailca::web
