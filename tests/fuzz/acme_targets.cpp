#include "core/jose/jws.h"
#include "core/jose/mac_jws.h"
#include "core/json/json.h"
#include "tests/fuzz/target.h"

namespace mailca::fuzz {
namespace {

using test::must;

Target jws(const World&) {
    Target out{{}, [](ByteView bytes) {
                   const auto parsed = jose::parseJws(asText(bytes));
                   if (!parsed) return;
                   promise(!parsed->url.empty(), "a JWS names the URL that it is for (B6)");
                   if (const auto* own = std::get_if<jose::Jwk>(&parsed->signer)) {
                       (void)jose::verifyJws(*parsed, own->key);
                   }
               }};
    for (const crypto::KeyType type : {crypto::KeyType::P256, crypto::KeyType::P384, crypto::KeyType::Ed25519}) {
        const auto key = must(crypto::PrivateKey::generate({type, 0}));
        const std::string url = "https://ca.example/acme/new-account";
        out.corpus.push_back(toBytes(
            must(jose::signJws({must(jose::toJwk(key.publicKey())), "bm9uY2Ugb2Ygb3Vycw", url, "{\"a\":1}"}, key))));
        out.corpus.push_back(
            toBytes(must(jose::signJws({jose::KeyId{"https://ca.example/acme/account/1"}, "bm9uY2U", url, ""}, key))));
    }
    return out;
}

Target json(const World&) {
    return {textsOf({R"({"identifiers":[{"type":"email","value":"alice@example.org"}],"profile":"smime-sign"})",
                     R"({"csrs":{"smime-sign":"AAAA","smime-encrypt":"BBBB"},"replaces":"a.b"})",
                     R"([1,-2,3.5e-10,true,false,null,"\u00e4\ud83d\ude00\n",{"":[]}])"}),
            [](ByteView bytes) {
                const auto parsed = json::parse(asText(bytes));
                if (!parsed) return;
                const std::string written = parsed->dump();
                const auto again = json::parse(written);
                promise(again.has_value() && again->dump() == written, "what was written is read as the same");
            }};
}

Target externalBinding(const World&) {
    return {
        textsOf(
            {R"({"protected":"eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIiwidXJsIjoiaHR0cHM6Ly9jYS5leGFtcGxlL2FjbWUvbmV3In0",)"
             R"("payload":"eyJrdHkiOiJFQyJ9","signature":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})"}),
        [](ByteView bytes) {
            const auto value = json::parse(asText(bytes));
            if (!value) return;
            const auto parsed = jose::parseMacJws(*value);
            if (!parsed) return;
            promise(!jose::verifyMac(*parsed, Secret::copyOf(asBytes("a key that nobody else has"))),
                    "no MAC is good without its key");
        }};
}

// One parser, and what it takes is safe everywhere an address goes (H1-H12).
Target address(const World&) {
    return {textsOf({"alice@example.org", "o'hara+tag=1@mail.example.org",
                     "\xC3\xA4rger@b\xC3\xBC"
                     "cher.example",
                     "a.b.c@xn--bcher-kva.example"}),
            [](ByteView bytes) {
                const auto parsed = EmailAddress::parse(asText(bytes));
                if (!parsed) return;
                const std::string text = parsed->text();
                promise(text.size() <= 254, "no address is longer (H2)");
                for (const char c : text) {
                    promise(static_cast<unsigned char>(c) > 0x20 && c != 0x7F && c != '<' && c != '>' && c != '"' &&
                                c != ',' && c != ';',
                            "nothing in it ends a header or an address (H10)");
                }
                const auto again = EmailAddress::parse(text);
                promise(again.has_value() && *again == *parsed, "read again it is the same");
            }};
}

}  // namespace

Targets acmeTargets() {
    return {{"jws", jws}, {"json", json}, {"external-binding", externalBinding}, {"address", address}};
}

}  // namespace mailca::fuzz
