#include <benchmark/benchmark.h>

#include "core/jose/jws.h"
#include "tests/support/certificates.h"

namespace mailca::jose {
namespace {

constexpr auto kUrl = "https://ca.example.org/acme/new-order";
constexpr auto kPayload = R"({"identifiers":[{"type":"email","value":"alice@example.org"}],"profile":"smime-sign"})";

struct Request {
    crypto::PrivateKey key = test::makeKey(crypto::KeyType::P256);
    Jwk jwk = toJwk(key.publicKey()).value();
    std::string byAccount =
        signJws({KeyId{"https://ca.example.org/acme/account/1"}, "bm9uY2U", kUrl, kPayload}, key).value();
    std::string byKey = signJws({jwk, "bm9uY2U", kUrl, kPayload}, key).value();
};

void parseKid(benchmark::State& state) {
    const Request request;
    for (auto _ : state) benchmark::DoNotOptimize(parseJws(request.byAccount).value());
}
BENCHMARK(parseKid)->Name("jws_parse_kid");

void parseWithJwk(benchmark::State& state) {
    const Request request;
    for (auto _ : state) benchmark::DoNotOptimize(parseJws(request.byKey).value());
}
BENCHMARK(parseWithJwk)->Name("jws_parse_jwk");

void verify(benchmark::State& state) {
    const Request request;
    const Jws jws = parseJws(request.byAccount).value();
    for (auto _ : state) benchmark::DoNotOptimize(verifyJws(jws, request.key.publicKey()).has_value());
}
BENCHMARK(verify)->Name("jws_verify_es256");

void parseJson(benchmark::State& state) {
    const Request request;
    for (auto _ : state) benchmark::DoNotOptimize(json::parse(request.byAccount).value());
}
BENCHMARK(parseJson)->Name("json_parse_jws");

void readKey(benchmark::State& state) {
    const Request request;
    const std::string text = request.jwk.value.dump();
    for (auto _ : state) benchmark::DoNotOptimize(parseJwk(json::parse(text).value()).value());
}
BENCHMARK(readKey)->Name("jwk_parse_p256");

}  // namespace
}  // namespace mailca::jose
