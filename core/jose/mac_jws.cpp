#include "core/jose/mac_jws.h"

#include <array>

#include "core/crypto/hash.h"

namespace mailca::jose {
namespace {

constexpr std::array<std::string_view, 3> kNames{"HS256", "HS384", "HS512"};  // in the order of the enum

Error malformed(const std::string& why) {
    return fail(ErrorKind::Malformed, "the externalAccountBinding is malformed: " + why);
}

Result<Bytes> member(const json::Value& value, const char* name) {
    const auto text = value.string(name);
    if (!text) return malformed(std::string("\"") + name + "\" is missing or no string");
    auto decoded = fromBase64Url(*text);
    if (!decoded) return malformed(std::string("\"") + name + "\" is not base64url without padding");
    return decoded;
}

Result<MacAlgorithm> algorithmOf(const json::Value& header) {
    const std::string name = header.string("alg").value_or("");
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames.at(i) == name) return static_cast<MacAlgorithm>(i);
    }
    return fail(ErrorKind::BadSignatureAlgorithm, "an externalAccountBinding is signed with HS256, HS384 or HS512");
}

}  // namespace

Result<MacJws> parseMacJws(const json::Value& value) {
    if (value.asObject() == nullptr || value.asObject()->size() != 3) {
        return malformed("it must have \"protected\", \"payload\" and \"signature\", and nothing else");
    }
    TRY(const Bytes protectedBytes, member(value, "protected"));
    TRY(const Bytes payload, member(value, "payload"));
    TRY(Bytes mac, member(value, "signature"));
    TRY(const json::Value header, json::parse(asText(protectedBytes)));
    TRY(const MacAlgorithm algorithm, algorithmOf(header));
    for (const char* refused : {"nonce", "jwk", "crit", "b64"}) {
        if (header.has(refused)) return malformed(std::string("\"") + refused + "\" does not belong into its header");
    }
    const auto keyId = header.string("kid");
    const auto url = header.string("url");
    if (!keyId || keyId->empty() || !url) return malformed("its header needs \"kid\" and \"url\"");
    return MacJws{algorithm,
                  *keyId,
                  *url,
                  std::string(asText(payload)),
                  *value.string("protected") + "." + *value.string("payload"),
                  std::move(mac)};
}

bool verifyMac(const MacJws& jws, const Secret& key) {
    const ByteView input = asBytes(jws.signingInput);
    switch (jws.algorithm) {
        case MacAlgorithm::Hs256:
            return equalConstantTime(crypto::hmacSha256(key.view(), input), jws.mac);
        case MacAlgorithm::Hs384:
            return equalConstantTime(crypto::hmacSha384(key.view(), input), jws.mac);
        case MacAlgorithm::Hs512:
            break;
    }
    return equalConstantTime(crypto::hmacSha512(key.view(), input), jws.mac);
}

}  // namespace mailca::jose
