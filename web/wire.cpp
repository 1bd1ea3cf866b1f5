#include "web/wire.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace mailca::web {
namespace {

std::string_view reasonOf(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 409:
            return "Conflict";
        case 411:
            return "Length Required";
        case 413:
            return "Content Too Large";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        default:
            return "";  // the phrase may be empty, the space before it not (RFC 9112 section 4)
    }
}

// Milliseconds until `deadline`, never negative, as poll() takes them.
int remaining(std::chrono::steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return left.count() < 0 ? 0 : static_cast<int>(left.count());
}

}  // namespace

std::string serialize(const Response& response, BodyPart body, Persistence persistence) {
    // No Date: the proxy in front replaces it by its own.
    std::string out = "HTTP/1.1 " + std::to_string(response.status()) + " ";
    out.append(reasonOf(response.status())).append("\r\n");
    const auto field = [&out](std::string_view name, std::string_view value) {
        out.append(name).append(": ").append(value).append("\r\n");
    };
    if (!response.contentType().empty()) field("Content-Type", response.contentType());
    const bool bodiless = response.status() == 204 || response.status() == 304;  // RFC 9110 section 8.6
    if (!bodiless) field("Content-Length", std::to_string(response.body().size()));
    field("Connection", persistence == Persistence::KeepAlive ? "keep-alive" : "close");
    for (const auto& [name, value] : response.fields()) field(name, value);
    out.append("\r\n");
    if (!bodiless && body == BodyPart::Sent) out.append(response.body());
    return out;
}

Sending sendAll(int descriptor, std::string_view octets, std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!octets.empty()) {
        const auto sent = ::send(descriptor, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            octets.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            pollfd writable{descriptor, POLLOUT, 0};
            const int wait = remaining(deadline);
            if (wait == 0 || (::poll(&writable, 1, wait) < 0 && errno != EINTR)) return Sending::Failed;
        } else if (errno != EINTR) {
            return Sending::Failed;
        }
    }
    return Sending::Done;
}

}  // namespace mailca::web
