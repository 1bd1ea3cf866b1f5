// A server on a port of the system's choice, for one test.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "tests/web/raw_client.h"
#include "web/server.h"

namespace mailca::web::test {

// Answers with what it understood: method, path, query and body.
inline Response echo(const Request& request) {
    return Response::text(
        200, std::string(nameOf(request.method)) + " " + request.path + " [" + request.query + "] " + request.body);
}

inline std::unique_ptr<Server> serve(RequestFunction function = echo, ServerOptions options = {}) {
    if (!options.log) options.log = [](std::string_view) {};
    auto server = Server::start(std::move(options), std::move(function));
    if (!server) throw std::runtime_error(server.error().detail);
    return std::move(server).value();
}

}  // namespace mailca::web::test
