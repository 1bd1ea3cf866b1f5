#include <benchmark/benchmark.h>

#include "ca/lint/lint.h"
#include "ca/subscriber_certificate.h"
#include "tests/ca/issuance_fixture.h"

namespace mailca::ca {
namespace {

Bytes csr() {
    const auto key = test::must(crypto::PrivateKey::generate({crypto::KeyType::P256, 0}));
    return test::must(x509::makeRequest(key, test::must(EmailAddress::parse("alice@example.org")), std::nullopt));
}

void parseRequest(benchmark::State& state) {
    const Bytes der = csr();
    for (auto _ : state) benchmark::DoNotOptimize(x509::CertificateRequest::fromDer(der).value());
}
BENCHMARK(parseRequest)->Name("csr_parse");

void verifyRequest(benchmark::State& state) {
    const auto request = test::must(x509::CertificateRequest::fromDer(csr()));
    for (auto _ : state) benchmark::DoNotOptimize(request.verifySignature().has_value());
}
BENCHMARK(verifyRequest)->Name("csr_verify");

// Build and lint.
void prepare(benchmark::State& state) {
    test::IssuanceFixture fixture;
    const IssuanceRequest request = fixture.request();
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            prepareCertificate(request, fixture.disk.smime(), fixture.clock.now(), fixture.random).value());
    }
}
BENCHMARK(prepare)->Name("certificate_prepare");

// Prepare, lint, sign, compare, for a ledger that keeps nothing.
void issue(benchmark::State& state) {
    test::IssuanceFixture fixture;
    fixture.accept();
    const std::vector<IssuanceRequest> requests{fixture.request()};
    for (auto _ : state) {
        benchmark::DoNotOptimize(fixture.issuance.issue(requests).value());
        fixture.ledger.recorded.clear();
    }
}
BENCHMARK(issue)->Name("certificate_issue_p256");

struct Issued {
    test::IssuanceFixture fixture;
    x509::Certificate certificate = [this] {
        fixture.accept();
        return test::must(fixture.issuance.issue({fixture.request()})).front().certificate();
    }();
};

void lintCertificate(benchmark::State& state) {
    const Issued issued;
    const Issuer& issuer = issued.fixture.disk.smime();
    const Bytes tbs = issued.certificate.tbs();
    const lint::CertificateContext context{lint::CertificateKind::Subscriber, "smime", &issuer.certificate,
                                           test::must(EmailAddress::parse("alice@example.org")),
                                           issued.certificate.crlUrls().front()};
    for (auto _ : state) {
        const auto findings = lint::lintCertificate(tbs, issuer.algorithm(), context);
        if (findings && findings->empty()) continue;
        state.SkipWithError("the certificate does not pass the lint");
        break;
    }
}
BENCHMARK(lintCertificate)->Name("certificate_lint");

void parseCertificate(benchmark::State& state) {
    const Issued issued;
    for (auto _ : state) benchmark::DoNotOptimize(x509::Certificate::fromDer(issued.certificate.der()).value());
}
BENCHMARK(parseCertificate)->Name("certificate_parse");

}  // namespace
}  // namespace mailca::ca
