// Answers on the wire, written by the thread that owns the connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "web/head.h"
#include "web/response.h"

namespace mailca::web {

enum class BodyPart : std::uint8_t {
    Sent,
    LeftOut
};  // LeftOut: the answer to HEAD, Content-Length as if it were there
enum class Sending : std::uint8_t { Done, Failed };

std::string serialize(const Response& response, BodyPart body, Persistence persistence);

// Writes all of it, waiting for a slow client no longer than `timeout` altogether. Failed: the client is gone or too
// slow.
Sending sendAll(int descriptor, std::string_view octets, std::chrono::milliseconds timeout);

}  // namespace mailca::web
