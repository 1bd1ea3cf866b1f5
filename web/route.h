// Method and path to handler. Patterns: "/acme/order/{id}/finalize"; a last "{name...}" takes the raw rest, slashes and
// all (OCSP over GET, RFC 6960 appendix A.1). Nothing is collapsed, no dot segment removed, a trailing slash counts.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/request.h"
#include "web/response.h"

namespace mailca::web {

// What the braces of a pattern matched: a segment percent-decoded, a tail raw.
class PathParameters {
 public:
    void add(std::string name, std::string value);
    // The pattern names its parameters, so an unknown name is a broken invariant: std::out_of_range.
    const std::string& at(std::string_view name) const;

 private:
    std::vector<std::pair<std::string, std::string>> m_values;
};

// Fill it at start, then share it: operator() is const and thread-safe.
class Router final {
 public:
    using RouteFunction = std::function<Response(const Request&, const PathParameters&)>;

    // Of several patterns that match, the first added wins. A GET route answers HEAD too (the server leaves the body
    // out). Throws std::invalid_argument for a pattern that does not start with "/", has an unnamed or half-braced
    // parameter or a tail before its end, and for the same method and pattern twice.
    Router& add(Method method, std::string pattern, RouteFunction function);

    // Told of every request that met its route, after the answer was made. Thread-safe, must not block.
    using Observer = std::function<void(int status, std::chrono::nanoseconds)>;
    // Gives every route that was added its observer. Before the router is shared.
    void observe(const std::function<Observer(Method, const std::string& pattern)>& make);

    // Unknown path: 404. Known path, other method: 405 with Allow. Badly escaped segment: 400. All as problem
    // documents.
    Response operator()(const Request& request) const;

 private:
    struct Segment {
        enum class Kind : std::uint8_t { Literal, Parameter, Tail };
        Kind kind;
        std::string text;
    };
    struct Route {
        Method method;
        std::string pattern;
        std::vector<Segment> segments;
        RouteFunction function;
        Observer observer;  // may be empty
    };
    static std::vector<Segment> parsePattern(std::string_view pattern);
    static bool matches(const Route& route, std::string_view path);
    static Result<PathParameters> parametersOf(const Route& route, std::string_view path);
    Response methodNotAllowed(std::string_view path) const;

    std::vector<Route> m_routes;
};

}  // namespace mailca::web
