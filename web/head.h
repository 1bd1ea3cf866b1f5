// The head of a request, read strictly (RFC 9112): whatever two programs could frame differently is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "web/request.h"

namespace mailca::web {

enum class Persistence : std::uint8_t { KeepAlive, Close };
enum class Expectation : std::uint8_t { None, Continue };

struct Head {
    std::string line;  // the request line, without its CRLF
    Method method = Method::Other;
    std::string path;
    std::string query;
    HeaderFields fields;
    std::size_t contentLength = 0;
    Persistence persistence = Persistence::KeepAlive;
    Expectation expectation = Expectation::None;
};

// Why a request is not even handed to a handler; the connection closes after the answer.
struct Refusal {
    int status;
    std::string detail;
};

// `head` ends with the CRLF of its last field: the empty line is not part of it.
std::variant<Head, Refusal> parseHead(std::string_view head, std::size_t maxBody);

}  // namespace mailca::web
