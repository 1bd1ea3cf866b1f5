// Distinct id types, so that an order's id cannot be handed over as an account's. An id is 16 random bytes in base64url
// (22 characters): unguessable, and the last part of the resource's URL.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/bytes.h"
#include "core/random.h"

namespace mailca {

template <typename Tag>
class Id {
 public:
    static Id random(Random& random) { return Id(random.token(16)); }
    // From a URL or the store. Parse error unless it is 22 characters of base64url.
    static Result<Id> parse(std::string_view text) {
        const auto bytes = fromBase64Url(text);
        if (!bytes || bytes->size() != 16) return fail(ErrorKind::Parse, "not an id of this server");
        return Id(std::string(text));
    }
    const std::string& text() const { return m_text; }
    auto operator<=>(const Id&) const = default;

 private:
    explicit Id(std::string text) : m_text(std::move(text)) {}
    std::string m_text;
};

using AccountId = Id<struct AccountTag>;
using OrderId = Id<struct OrderTag>;
using AuthorizationId = Id<struct AuthorizationTag>;
using ChallengeId = Id<struct ChallengeTag>;
using CertificateId = Id<struct CertificateTag>;

// A certificate's serial number as its DER content octets: 1 to 20 octets, positive, below 2^159 (standards D25).
class Serial {
 public:
    // 20 octets, the first of them 0x01..0x7F: 152 random bits and more, never negative, never zero.
    static Serial random(Random& random);
    static Result<Serial> fromBytes(ByteView octets);  // leading zero octets are dropped
    static Result<Serial> fromHex(std::string_view hex);
    const Bytes& bytes() const { return m_octets; }  // big-endian, no leading zero octet
    std::string hex() const { return toHex(m_octets); }
    auto operator<=>(const Serial&) const = default;

 private:
    explicit Serial(Bytes octets) : m_octets(std::move(octets)) {}
    Bytes m_octets;
};

}  // namespace mailca

template <typename Tag>
struct std::hash<mailca::Id<Tag>> {
    std::size_t operator()(const mailca::Id<Tag>& id) const { return std::hash<std::string>{}(id.text()); }
};
