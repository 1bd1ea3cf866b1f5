// An external account binding as clients make it (RFC 8555 section 7.3.4), with everything about it to bend.
#pragma once

#include "core/crypto/hash.h"
#include "core/jose/jwk.h"
#include "core/json/json.h"

namespace mailca::test {

struct Binding {
    std::string alg = "HS256";
    std::string keyId;
    std::string url;
    std::string payload;
    json::Object more;  // further members of the header
};

inline json::Value bindingOf(const Binding& wanted, ByteView macKey) {
    json::Value header = json::object({{"alg", wanted.alg}, {"kid", wanted.keyId}, {"url", wanted.url}});
    for (const auto& [name, value] : wanted.more) header.set(name, value);
    const std::string protectedText = toBase64Url(asBytes(header.dump()));
    const std::string payload = toBase64Url(asBytes(wanted.payload));
    const std::string input = protectedText + "." + payload;
    const Bytes mac = wanted.alg == "HS512"   ? crypto::hmacSha512(macKey, asBytes(input))
                      : wanted.alg == "HS384" ? crypto::hmacSha384(macKey, asBytes(input))
                                              : crypto::hmacSha256(macKey, asBytes(input));
    return json::object({{"protected", protectedText}, {"payload", payload}, {"signature", toBase64Url(mac)}});
}

}  // namespace mailca::test
