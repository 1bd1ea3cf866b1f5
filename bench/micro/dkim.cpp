#include <benchmark/benchmark.h>

#include "mail/compose.h"
#include "mail/dkim_verifier.h"
#include "tests/mail/signing_keys.h"
#include "tests/mail/table_resolver.h"

namespace mailca::mail {
namespace {

using test::KeyKind;

std::string reply(const Clock& clock) {
    SystemRandom random;
    const auto from = EmailAddress::parse("alice@ca.example").value();
    const auto id = MessageId::random(random, from);
    return compose({.from = from,
                    .to = EmailAddress::parse("acme@ca.example").value(),
                    .toAsSent = "",
                    .replyTo = std::nullopt,
                    .subject = "Re: ACME: LgYemJLy3F1LDkiJrdIGbEzyFJyOyf6vBdyZ1TG3sME",
                    .date = clock.now(),
                    .messageId = id,
                    .inReplyTo = id,
                    .autoSubmitted = "",
                    .body = "-----BEGIN ACME RESPONSE-----\nLoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0\n"
                            "-----END ACME RESPONSE-----\n"})
        .value();
}

void sign(benchmark::State& state, KeyKind kind) {
    const SystemClock clock;
    const DkimSigner signer = test::signerWith({kind}, 24h);
    const std::string message = reply(clock);
    for (auto _ : state) benchmark::DoNotOptimize(signer.sign(message, clock.now()).value());
}
BENCHMARK_CAPTURE(sign, rsa2048, KeyKind::Rsa2048)->Name("dkim_sign_rsa2048");
BENCHMARK_CAPTURE(sign, ed25519, KeyKind::Ed25519)->Name("dkim_sign_ed25519");

void verify(benchmark::State& state, KeyKind kind) {
    const SystemClock clock;
    const DkimSigner signer = test::signerWith({kind}, 24h);
    test::TableResolver dns;
    for (const auto& record : signer.dnsRecords()) dns.add(record.name, record.text);
    const DkimVerifier verifier(dns, clock);
    const Message message = Message::parse(signer.sign(reply(clock), clock.now()).value()).value();
    for (auto _ : state) {
        const auto results = verifier.verify(message);
        if (results.size() == 1 && results.front().verdict == DkimVerdict::Pass) continue;
        state.SkipWithError("the signature does not pass");
        break;
    }
}
BENCHMARK_CAPTURE(verify, rsa2048, KeyKind::Rsa2048)->Name("dkim_verify_rsa2048");
BENCHMARK_CAPTURE(verify, ed25519, KeyKind::Ed25519)->Name("dkim_verify_ed25519");

void parse(benchmark::State& state) {
    const SystemClock clock;
    const std::string message = test::signerWith({KeyKind::Rsa2048}, 24h).sign(reply(clock), clock.now()).value();
    for (auto _ : state) benchmark::DoNotOptimize(Message::parse(message).value());
}
BENCHMARK(parse)->Name("mail_parse_reply");

}  // namespace
}  // namespace mailca::mail
