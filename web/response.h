// What a handler answers. A field can be neither malformed nor carry a line break: whoever tries breaks an invariant
// and gets std::invalid_argument, which the server answers with 500.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "core/json/json.h"

namespace mailca::web {

class Response {
 public:
    using Field = std::pair<std::string, std::string>;

    // `contentType` may be empty only when the body is.
    Response(int status, std::string contentType, std::string body);
    static Response empty(int status) { return {status, {}, {}}; }
    static Response text(int status, std::string body) {
        return {status, "text/plain; charset=utf-8", std::move(body)};
    }
    static Response json(int status, const mailca::json::Value& value);
    static Response bytes(int status, std::string contentType, ByteView body);

    // Adds a field; the same name may be added again (Link). Content-Type, Content-Length, Connection,
    // Transfer-Encoding and Date are the server's own and refused.
    Response& add(std::string name, std::string value) &;
    Response with(std::string name, std::string value) &&;
    // Something for the log and never for the client; the server logs it with the request's line.
    Response withNote(std::string note) &&;

    int status() const { return m_status; }
    const std::string& contentType() const { return m_contentType; }
    const std::string& body() const { return m_body; }
    const std::vector<Field>& fields() const { return m_fields; }
    // The first field of that name, or "".
    std::string_view field(std::string_view name) const;
    const std::string& note() const { return m_note; }

 private:
    int m_status;
    std::string m_contentType;
    std::string m_body;
    std::vector<Field> m_fields;
    std::string m_note;
};

}  // namespace mailca::web
