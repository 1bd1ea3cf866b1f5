#include "ca/key_policy.h"
#include "ca/lint/lint.h"
#include "ca/ocsp/request.h"
#include "ca/ocsp/response.h"
#include "ca/profile_reader.h"
#include "core/x509/builder.h"
#include "core/x509/crl.h"
#include "core/x509/request.h"
#include "tests/fuzz/target.h"

namespace mailca::fuzz {
namespace {

using test::must;

std::filesystem::path source(const std::string& name) {
    return std::filesystem::path(MAILCA_SOURCE_DIR) / name;
}

void judge(const World& world, const crypto::PublicKey& key) {
    for (const auto& [name, description] : world.profiles.advertised()) {
        if (world.profiles.isBundle(name)) continue;
        const ca::Profile& profile = *world.profiles.find(name);
        const auto good = ca::KeyPolicy::check(key, profile);
        if (!good) continue;
        promise(key.bits() >= 256 && key.bits() <= 4096, "good keys have a good size");
        promise(crypto::PublicKey::fromSpki(key.spki()).has_value(), "good keys are read again");
    }
}

Target csr(const World& world) {
    return {filesOf(test::dataFile("x509"), ".csr"), [&world](ByteView bytes) {
                const auto request = x509::CertificateRequest::fromDer(bytes);
                if (!request) return;
                (void)request->verifySignature();
                for (const char* name : {"smime-dual", "timestamp"}) {
                    (void)ca::narrowedUse(*world.profiles.find(name), request->keyUsage(), request->publicKey().type());
                }
                judge(world, request->publicKey());
            }};
}

Target key(const World& world) {
    Target out{{}, [&world](ByteView bytes) {
                   const auto parsed = crypto::PublicKey::fromSpki(bytes);
                   if (parsed) judge(world, *parsed);
               }};
    for (const crypto::KeySpec& spec : {crypto::KeySpec{crypto::KeyType::P256, 0},
                                        {crypto::KeyType::P384, 0},
                                        {crypto::KeyType::Ed25519, 0},
                                        {crypto::KeyType::Rsa, 2048}})
        out.corpus.push_back(must(crypto::PrivateKey::generate(spec)).publicKey().spki());
    return out;
}

Target profile(const World&) {
    return {filesOf(source("policies"), ".toml"), [](ByteView bytes) {
                const auto read = ca::readProfile("some-profile", asText(bytes));
                if (read) promise(read->validity < std::chrono::days{825}, "no profile breaks the rulebook (D24)");
                (void)ca::readBundles(asText(bytes));
            }};
}

Target weakKeys(const World& world) {
    return {filesOf(source("policies/weak-keys"), ".txt"), [&world](ByteView bytes) {
                const auto lists = ca::WeakKeys::parse({{"some.txt", std::string(asText(bytes))}});
                if (lists) (void)lists->contains(world.issuer.certificate.publicKey());
            }};
}

// Whatever passes the lints is what was meant to be.
Target certificate(const World& world) {
    SystemRandom random;
    const Time now = world.issuer.certificate.notBefore();
    const x509::CertificateFields fields{
        .serial = Serial::random(random),
        .signature = crypto::SignatureAlgorithm::EcdsaSha256,
        .issuer = world.issuer.certificate.subjectDer(),
        .subject = x509::NameParts{"", "", world.mailbox.text()},
        .notBefore = now,
        .notAfter = now + std::chrono::days{397},
        .key = must(crypto::PrivateKey::generate({crypto::KeyType::P256, 0})).publicKey(),
        .mailbox = world.mailbox,
        .keyUsage = x509::kDigitalSignature,
        .extendedKeyUsage = {std::string(x509::oid::kEmailProtection)},
        .policies = {"1.3.6.1.4.1.32473.1.1"},
        .crlUrls = {world.issuer.crlUrl(1)},
        .caIssuersUrls = {world.issuer.certificateUrl()},
        .ocspUrls = {world.issuer.ocspUrl()},
        .authorityKeyId = world.issuer.certificate.subjectKeyId()};
    return {{must(x509::encodeTbsCertificate(fields))}, [&world, algorithm = fields.signature](ByteView tbs) {
                const ca::lint::CertificateContext context{ca::lint::CertificateKind::Subscriber, "smime",
                                                           &world.issuer.certificate, world.mailbox,
                                                           world.issuer.crlUrl(1)};
                const auto findings = ca::lint::lintCertificate(tbs, algorithm, context);
                if (!findings || !findings->empty()) return;
                const auto read = must(x509::Certificate::fromDer(must(x509::assemble(tbs, algorithm, Bytes{1}))));
                promise(read.emails() == std::vector{world.mailbox.text()}, "only the validated mailbox is named (D5)");
                promise(!read.isCa(), "no subscriber is a CA (D19)");
                promise(read.notAfter() - read.notBefore() < std::chrono::days{825},
                        "no certificate lives longer (D24)");
            }};
}

Target crl(const World& world) {
    SystemRandom random;
    const Time now = world.issuer.certificate.notBefore();
    const x509::CrlFields fields{
        .signature = crypto::SignatureAlgorithm::EcdsaSha256,
        .issuerDer = world.issuer.certificate.subjectDer(),
        .thisUpdate = now,
        .nextUpdate = now + std::chrono::days{7},
        .revoked = {{must(Serial::fromHex("0102")), now, 1}, {must(Serial::fromHex("0103")), now}},
        .number = 3,
        .authorityKeyId = world.issuer.certificate.subjectKeyId(),
        .distributionPoint = world.issuer.crlUrl(1)};
    return {{must(x509::encodeTbsCrl(fields))}, [&world, algorithm = fields.signature](ByteView tbs) {
                const auto findings =
                    ca::lint::lintCrl(tbs, algorithm, {&world.issuer.certificate, world.issuer.crlUrl(1)});
                if (!findings || !findings->empty()) return;
                const auto read = must(x509::Crl::fromDer(must(x509::assemble(tbs, algorithm, Bytes{1}))));
                promise(read.nextUpdate() > read.thisUpdate(), "a CRL says when the next one comes (F1)");
            }};
}

Target ocspResponse(const World& world) {
    const Time now = world.issuer.certificate.notBefore();
    const x509::Certificate& responder = world.issuer.certificate;  // any certificate will do
    const Bytes id = *fromHex(
        "302f300906052b0e03021a050004100102030405060708090a0b0c0d0e0f1004100102030405060708090a0b0c0d0e0f10020105");
    Target out{{}, [&responder](ByteView data) {
                   (void)ca::lint::lintOcsp(data, {&responder, crypto::SignatureAlgorithm::EcdsaSha256});
               }};
    for (const ca::ocsp::Status& status :
         {ca::ocsp::Status(ca::ocsp::Good{}), ca::ocsp::Status(ca::ocsp::Revoked{now, 1})}) {
        out.corpus.push_back(ca::ocsp::encodeResponseData(
            {responder.subjectKeyId(), now, now + std::chrono::hours{24}, {{id, status}}, Bytes(16, 7)}));
    }
    return out;
}

Target ocspRequest(const World&) {
    return {filesOf(test::dataFile("ocsp"), ".der"), [](ByteView bytes) {
                const auto request = ca::ocsp::parseRequest(bytes);
                if (!request) return;
                promise(!request->ids.empty() && request->ids.size() <= ca::ocsp::kMostIds, "1 to 16 ids (F24)");
                promise(request->nonce.empty() || (request->nonce.size() >= 16 && request->nonce.size() <= 32),
                        "a nonce of 16 to 32 octets (F20)");
            }};
}

}  // namespace

Targets caTargets() {
    return {{"csr", csr},
            {"key", key},
            {"profile", profile},
            {"weak-keys", weakKeys},
            {"certificate", certificate},
            {"crl", crl},
            {"ocsp-response", ocspResponse},
            {"ocsp-request", ocspRequest}};
}

}  // namespace mailca::fuzz
