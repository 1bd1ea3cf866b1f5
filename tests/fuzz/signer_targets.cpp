#include "ca/signer/door.h"
#include "ca/signer/messages.h"
#include "ca/tsa/query.h"
#include "tests/fuzz/target.h"

namespace mailca::fuzz {
namespace {

using test::must;

// What the signer's socket lets in, whoever sits at its other end: the whole signer behind its door.
struct Behind {
    explicit Behind(const World& world)
        : signer(test::localSigner(world.disk, clock, random)), door(signer, world.profiles) {}

    SystemClock clock;
    SystemRandom random;
    ca::LocalSigner signer;
    ca::Door door;
};

Target signerMessage(const World& world) {
    const auto behind = std::make_shared<Behind>(world);
    const Time now = behind->clock.now();
    const Serial serial = Serial::random(behind->random);
    return {{ca::messages::encodePrepareResponder("smime-1"),
             ca::messages::encodeSign(must(ca::Handle::parse(ca::Handle::random(behind->random).text()))),
             ca::messages::encodeCrl("smime-1", {1, 7, now, now + std::chrono::days{7}, {{serial, now, 4}}}),
             ca::messages::encodeStatus({"smime-1", serial, {{Bytes(32, 1), ca::ocsp::Good{}}}, Bytes(16, 7)}),
             ca::messages::encodeTimestamp({Bytes(40, 1), {"timestamp-unit-1"}}),
             ca::messages::encodeAuditHead({{7, Bytes(32, 1)}, now})},
            [behind](ByteView bytes) {
                const ca::Door::Answer answer = behind->door.answer(bytes);
                promise(!answer.keysLost, "no message takes the keys away");
                promise(!answer.octets.empty() && answer.octets.size() <= ca::messages::mostFor(answer.octets.front()),
                        "whatever came, there is an answer that the daemon takes");
            }};
}

// The daemon's side: what a signer that was taken over could answer.
Target signerAnswer(const World&) {
    ca::Prepared prepared{must(ca::Handle::parse(std::string(22, 'A'))), {}};
    prepared.certificates.push_back({"smime-1", must(Serial::fromHex("0102")), Bytes(32, 1), Bytes(32, 2)});
    return {{ca::messages::encode(prepared), ca::messages::encode(std::vector{Bytes(40, 1), Bytes(50, 2)}),
             ca::messages::encode(ca::ocsp::SignedResponse{Bytes(60, 3), Time{}, Time{}})},
            [](ByteView bytes) {
                if (const auto read = ca::messages::decodePrepared(bytes)) {
                    promise(read->certificates.size() <= ca::messages::kMostCertificates, "no more than an order has");
                }
                (void)ca::messages::decodeCertificates(bytes);
                (void)ca::messages::decodeSignedResponse(bytes);
                for (const auto kind : {ca::messages::Kind::Prepare, ca::messages::Kind::Crl}) {
                    (void)ca::messages::decodeAnswer(kind, bytes);
                }
            }};
}

Target timestampQuery(const World& world) {
    const auto behind = std::make_shared<Behind>(world);
    return {filesOf(test::dataFile("tsa"), ".tsq"), [behind](ByteView bytes) {
                const auto query = ca::tsa::Query::parse(bytes);
                if (query) promise(query->imprintSize < bytes.size(), "an imprint is part of its query");
                const auto answer = behind->signer.timestamp({Bytes(bytes.begin(), bytes.end()), {}});
                promise(answer.has_value() && !answer->empty(), "every query has an answer, if only a refusal (E9)");
            }};
}

}  // namespace

Targets signerTargets() {
    return {{"signer-message", signerMessage}, {"signer-answer", signerAnswer}, {"timestamp-query", timestampQuery}};
}

}  // namespace mailca::fuzz
