#include "web/route.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "web/problem.h"

namespace mailca::web {
namespace {

constexpr std::string_view kTailMark = "...";

// Cuts "/segment" off the front of a path and gives the segment; nullopt: nothing left.
std::optional<std::string_view> nextSegment(std::string_view& path) {
    if (path.empty() || path.front() != '/') return std::nullopt;
    path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

std::string_view withoutSlash(std::string_view path) {
    return path.empty() ? path : path.substr(1);
}

}  // namespace

void PathParameters::add(std::string name, std::string value) {
    m_values.emplace_back(std::move(name), std::move(value));
}

const std::string& PathParameters::at(std::string_view name) const {
    for (const auto& [key, value] : m_values) {
        if (key == name) return value;
    }
    throw std::out_of_range("the pattern has no parameter " + std::string(name));
}

Router& Router::add(Method method, std::string pattern, RouteFunction function) {
    for (const auto& route : m_routes) {
        if (route.method == method && route.pattern == pattern) throw std::invalid_argument("twice: " + pattern);
    }
    auto segments = parsePattern(pattern);
    m_routes.push_back({method, std::move(pattern), std::move(segments), std::move(function), {}});
    return *this;
}

std::vector<Router::Segment> Router::parsePattern(std::string_view pattern) {
    if (!pattern.starts_with('/')) throw std::invalid_argument("a pattern starts with a slash");
    std::vector<Segment> segments;
    while (const auto text = nextSegment(pattern)) {
        if (!segments.empty() && segments.back().kind == Segment::Kind::Tail) {
            throw std::invalid_argument("a tail parameter stands at the end");
        }
        if (text->find_first_of("{}") == std::string_view::npos) {
            segments.push_back({Segment::Kind::Literal, std::string(*text)});
            continue;
        }
        if (!text->starts_with('{') || !text->ends_with('}')) throw std::invalid_argument("a brace within a segment");
        auto name = text->substr(1, text->size() - 2);
        const bool tail = name.ends_with(kTailMark);
        if (tail) name.remove_suffix(kTailMark.size());
        if (name.empty() || name.find_first_of("{}.") != std::string_view::npos) {
            throw std::invalid_argument("a parameter needs a plain name");
        }
        segments.push_back({tail ? Segment::Kind::Tail : Segment::Kind::Parameter, std::string(name)});
    }
    return segments;
}

bool Router::matches(const Route& route, std::string_view path) {
    for (const auto& segment : route.segments) {
        if (segment.kind == Segment::Kind::Tail) return path.size() > 1;
        const auto text = nextSegment(path);
        if (!text) return false;
        if (segment.kind == Segment::Kind::Literal ? *text != segment.text : text->empty()) return false;
    }
    return path.empty();
}

Result<PathParameters> Router::parametersOf(const Route& route, std::string_view path) {
    PathParameters parameters;
    for (const auto& segment : route.segments) {
        if (segment.kind == Segment::Kind::Tail) {
            parameters.add(segment.text, std::string(withoutSlash(path)));
            break;
        }
        const auto text = nextSegment(path);
        if (segment.kind == Segment::Kind::Literal) continue;
        TRY(auto value, decodePercent(*text));
        parameters.add(segment.text, std::move(value));
    }
    return parameters;
}

void Router::observe(const std::function<Observer(Method, const std::string& pattern)>& make) {
    for (Route& route : m_routes) route.observer = make(route.method, route.pattern);
}

Response Router::operator()(const Request& request) const {
    const auto find = [&](Method method) {
        return std::find_if(m_routes.begin(), m_routes.end(),
                            [&](const Route& route) { return route.method == method && matches(route, request.path); });
    };
    auto route = find(request.method);
    if (route == m_routes.end() && request.method == Method::Head) route = find(Method::Get);
    if (route == m_routes.end()) return methodNotAllowed(request.path);
    const auto parameters = parametersOf(*route, request.path);
    if (!parameters) return problem(parameters.error());
    if (!route->observer) return route->function(request, *parameters);
    const auto before = std::chrono::steady_clock::now();
    Response response = route->function(request, *parameters);
    route->observer(response.status(), std::chrono::steady_clock::now() - before);
    return response;
}

Response Router::methodNotAllowed(std::string_view path) const {
    std::string allow;
    const auto list = [&](Method method) {
        if (allow.find(nameOf(method)) == std::string::npos) {
            allow += (allow.empty() ? "" : ", ") + std::string(nameOf(method));
        }
    };
    for (const auto& route : m_routes) {
        if (!matches(route, path)) continue;
        list(route.method);
        if (route.method == Method::Get) list(Method::Head);
    }
    if (allow.empty()) return problem(fail(ErrorKind::NotFound, "there is nothing at this URL"));
    return problem(fail(ErrorKind::MethodNotAllowed, "this URL answers " + allow)).with("Allow", allow);
}

}  // namespace mailca::web
