#include "ca/tsa/timestamps.h"

#include <algorithm>
#include <array>

#include "core/log.h"
#include "core/x509/der.h"

namespace mailca::ca::tsa {
namespace {

namespace der = x509::der;

constexpr std::size_t kSerialOctets = 16;  // E16: unique for ever, without a counter that a restored backup could reset

struct Hash {
    Bytes oid;
    std::size_t size;  // octets
    bool sm2;          // taken by an SM2 unit, and by no other
};

// E10: SHA-1 and MD5 stay outside. nullptr: not accepted.
const Hash* hashOf(const Query& query) {
    const auto hash = [](std::string_view oid, std::size_t size, bool sm2) { return Hash{*der::oid(oid), size, sm2}; };
    static const std::array kHashes{
        hash("2.16.840.1.101.3.4.2.1", 32, false),   // SHA-256
        hash("2.16.840.1.101.3.4.2.2", 48, false),   // SHA-384
        hash("2.16.840.1.101.3.4.2.3", 64, false),   // SHA-512
        hash("2.16.840.1.101.3.4.2.8", 32, false),   // SHA3-256
        hash("2.16.840.1.101.3.4.2.9", 48, false),   // SHA3-384
        hash("2.16.840.1.101.3.4.2.10", 64, false),  // SHA3-512
        hash("1.2.156.10197.1.401", 32, true),       // SM3
    };
    const auto* const found = std::ranges::find(kHashes, query.hash, &Hash::oid);
    return found == kHashes.end() || query.hashHasParameters ? nullptr : found;
}

bool isSm2(const TokenWriter& unit) {
    return unit.unit().certificate.publicKey().type() == crypto::KeyType::Sm2;
}

}  // namespace

Bytes encodeRejection(Failure failure, std::string_view text) {
    return der::sequence({der::sequence({der::smallInteger(2), der::sequence({der::text(der::kUtf8String, text)}),
                                         der::namedBits(1U << static_cast<unsigned>(failure))})});
}

Timestamps::Timestamps(std::vector<TokenWriter> units, const TrustedClock& clock, Random& random, milliseconds accuracy)
    : m_units(std::move(units)), m_clock(clock), m_random(random), m_accuracy(accuracy) {}

const TokenWriter* Timestamps::unitFor(const Query& query) const {
    const Hash* const hash = hashOf(query);
    const TokenWriter* found = nullptr;
    for (const TokenWriter& unit : m_units) {
        const bool named = !query.policy.empty() && unit.policy() == query.policy;
        const bool fits = query.policy.empty() && (found == nullptr || (hash != nullptr && hash->sm2 == isSm2(unit)));
        if (named || fits) found = &unit;
    }
    return found;
}

Bytes Timestamps::answer(ByteView bytes, const std::vector<std::string>& revokedUnits) const {
    const std::optional<Query> query = Query::parse(bytes);
    if (!query) {
        return encodeRejection(Failure::BadDataFormat,
                               "the query is no TimeStampReq in DER, or something stands behind");
    }
    if (query->version != 1) return encodeRejection(Failure::BadRequest, "the version of the query is not 1");
    const Hash* const hash = hashOf(*query);
    if (hash == nullptr) {
        return encodeRejection(Failure::BadAlg,
                               "the hash is none of SHA-256, SHA-384, SHA-512, SHA3-256, SHA3-384, "
                               "SHA3-512, SM3, or has parameters");
    }
    if (hash->size != query->imprintSize) {
        return encodeRejection(Failure::BadDataFormat, "the imprint does not have the length of its hash");
    }
    const TokenWriter* const unit = unitFor(*query);
    if (unit == nullptr) return encodeRejection(Failure::UnacceptedPolicy, "the policy is none of this service");
    if (hash->sm2 != isSm2(*unit)) {
        return encodeRejection(Failure::BadAlg, "this policy takes another hash: SM3 with SM2 and nowhere else");
    }
    if (query->extensions) {
        return encodeRejection(Failure::UnacceptedExtension, "extensions of a query are not known here");
    }
    if (std::ranges::find(revokedUnits, unit->unit().name) != revokedUnits.end()) {
        return encodeRejection(Failure::SystemFailure, "the certificate of the timestamping unit is revoked");
    }
    return stamp(*query, *unit);
}

Bytes Timestamps::stamp(const Query& query, const TokenWriter& unit) const {
    const auto now = m_clock.now();
    if (!now) {
        log::warning("timestamp.no_time", {{"why", now.error().detail}});
        return encodeRejection(Failure::TimeNotAvailable, "the clock is not in step with UTC");
    }
    if (*now >= unit.unit().keyEnd()) {
        log::error("timestamp.key_ended", {{"unit", unit.unit().name}, {"at", toRfc3339(unit.unit().keyEnd())}});
        return encodeRejection(Failure::SystemFailure, "the key of the timestamping unit may not be used any more");
    }
    Bytes serial = m_random.bytes(kSerialOctets);
    serial.front() |= 0x80U;  // never shorter, never zero; DER puts a zero octet before it
    const auto token = unit.write(query, {serial, *now, m_accuracy});
    if (token) return encodeGranted(*token);
    log::error("timestamp.failed", {{"why", token.error().text()}});
    return encodeRejection(Failure::SystemFailure, "the service failed; try again later");
}

}  // namespace mailca::ca::tsa
