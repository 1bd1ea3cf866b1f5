#include "web/route.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "core/json/json.h"

namespace mailca::web {
namespace {

Router::RouteFunction says(std::string text, std::string parameter = {}) {
    return [text, parameter](const Request&, const PathParameters& parameters) {
        return Response::text(200, text + (parameter.empty() ? "" : "=" + parameters.at(parameter)));
    };
}

Response ask(const Router& router, Method method, std::string path) {
    Request request;
    request.method = method;
    request.path = std::move(path);
    return router(request);
}

Router sample() {
    Router router;
    router.add(Method::Get, "/directory", says("directory"))
        .add(Method::Post, "/order/{id}", says("order", "id"))
        .add(Method::Get, "/order/{id}", says("look", "id"))
        .add(Method::Post, "/order/{id}/finalize", says("finalize", "id"))
        .add(Method::Get, "/ocsp/{request...}", says("ocsp", "request"))
        .add(Method::Get, "/", says("root"));
    return router;
}

TEST(Router, FindsTheRouteAndItsParameters) {
    const struct {
        Method method;
        std::string path;
        std::string body;
    } table[] = {
        {Method::Get, "/directory", "directory"},
        {Method::Get, "/", "root"},
        {Method::Post, "/order/7", "order=7"},
        {Method::Get, "/order/7", "look=7"},
        {Method::Post, "/order/a%40b%2Fc/finalize", "finalize=a@b/c"},
        {Method::Get, "/ocsp/MEk%2F+/a//b==", "ocsp=MEk%2F+/a//b=="},  // RFC 6960 A.1: the tail stays raw
        {Method::Head, "/directory", "directory"},
    };
    const auto router = sample();
    for (const auto& row : table) EXPECT_EQ(ask(router, row.method, row.path).body(), row.body) << row.path;
}

TEST(Router, CollapsesNothing) {
    const auto router = sample();
    for (const char* path : {"//directory", "/directory/", "/Directory", "/order/", "/order", "/order//finalize",
                             "/ocsp/", "/ocsp", "", "*", "/./directory", "/x/../directory"}) {
        const auto response = ask(router, Method::Get, path);
        EXPECT_EQ(response.status(), 404) << path;
        EXPECT_EQ(response.contentType(), "application/problem+json");
    }
}

TEST(Router, NamesTheMethodsAUrlHas) {
    const auto router = sample();
    const auto response = ask(router, Method::Put, "/order/7");
    EXPECT_EQ(response.status(), 405);
    EXPECT_EQ(response.field("Allow"), "POST, GET, HEAD");
    EXPECT_EQ(ask(router, Method::Head, "/order/7/finalize").field("Allow"), "POST");
    EXPECT_EQ(ask(router, Method::Other, "/directory").status(), 405);
}

TEST(Router, RefusesABadlyEscapedSegment) {
    EXPECT_EQ(ask(sample(), Method::Get, "/order/%zz").status(), 400);
}

TEST(Router, SurvivesTwentyThousandSlashes) {
    EXPECT_EQ(ask(sample(), Method::Get, std::string(20'000, '/')).status(), 404);
    EXPECT_EQ(ask(sample(), Method::Get, "/ocsp" + std::string(20'000, '/')).body().size(), 5 + 19'999U);
}

TEST(Router, RefusesPatternsItCannotMean) {
    for (const char* pattern : {"", "directory", "/a{b}", "/{b}a", "/{}", "/{...}", "/{a...}/b", "/{a.b}", "/{a{b}}"}) {
        Router router;
        EXPECT_THROW(router.add(Method::Get, pattern, says("")), std::invalid_argument) << pattern;
    }
    auto router = sample();
    EXPECT_THROW(router.add(Method::Get, "/directory", says("")), std::invalid_argument);
    EXPECT_THROW(PathParameters().at("id"), std::out_of_range);
}

TEST(Router, TellsHowLongEachRouteTook) {
    auto router = sample();
    std::vector<std::string> told;
    router.observe([&](Method method, const std::string& pattern) {
        return [&told, route = std::string(nameOf(method)) + " " + pattern](int status, std::chrono::nanoseconds took) {
            EXPECT_GE(took.count(), 0);
            told.push_back(route + " " + std::to_string(status));
        };
    });
    ask(router, Method::Get, "/order/7");
    ask(router, Method::Head, "/order/7");
    ask(router, Method::Get, "/nowhere");
    EXPECT_EQ(told, (std::vector<std::string>{"GET /order/{id} 200", "GET /order/{id} 200"}));
}

}  // namespace
}  // namespace mailca::web
