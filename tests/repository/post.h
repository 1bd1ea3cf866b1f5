// A POST as the routers of this room get it.
#pragma once

#include <string>

#include "web/route.h"

namespace mailca::repository {

inline web::Response post(const web::Router& router, const std::string& path, ByteView body, const std::string& type) {
    web::Request request;
    request.method = web::Method::Post;
    request.path = path;
    request.headers.add("Content-Type", type);
    request.body = std::string(asText(body));
    return router(request);
}

}  // namespace mailca::repository
