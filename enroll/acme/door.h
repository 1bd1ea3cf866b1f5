// The door of every POST (RFC 8555 section 6.2-6.5; standards B3-B12): form, account, signature, url, nonce, in that
// order.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/jose/jws.h"
#include "enroll/acme/services.h"
#include "enroll/ra/types.h"

namespace mailca::acme {

// B9: newAccount takes a jwk, revokeCert either, everything else an account.
enum class SignedBy { Account, Key, Either };

// A POST that came through the door.
struct Signed {
    std::string url;
    std::string peer;                    // the client's IP address, by whoever took the request
    std::optional<ra::Account> account;  // by kid; valid
    std::optional<jose::Jwk> key;        // by jwk
    bool postAsGet = false;              // empty payload (B12)
    json::Value payload;                 // an object unless postAsGet
};

// `url` is the exact URL handed out for the resource (B10). The nonce is spent once the signature is good.
Result<Signed> open(const Services& services, std::string_view body, const std::string& url, SignedBy signedBy);

}  // namespace mailca::acme
